import { printable } from '../printable.js';
import type { ShownAccess, TimelineRow } from './timeline-page.js';

type Subject = ShownAccess['subjects'][number];

/** A row as a line of a terminal: time, index, who, what, what came of it, on which basis, and the resources. */
export function rowLine(row: TimelineRow): string {
  if ('altered' in row) return `\t${row.altered}\t\t\taltered`;
  const { time, index, interaction, outcome, subjects } = row.access;
  const columns = [
    time ?? '',
    index,
    whoOf(row.access),
    interaction ?? '',
    outcome ?? '',
    subjects.map(decisionOf).join(' '),
    subjects.flatMap(resourcesOf).join(' '),
  ];
  return columns.map(printable).join('\t').trimEnd();
}

function whoOf({ actor }: ShownAccess): string {
  if (actor === null) return 'erased';
  return [actor.client, actor.user].filter((name) => name !== null).join(' ');
}

function decisionOf(subject: Subject): string {
  if (subject.kind === 'erased') return 'erased';
  const { effect, code, basis } = subject;
  const rests = basis.map((each) => `${each.kind}:${each.consent ?? each.policy ?? ''}`);
  return [code ?? effect, ...rests].join(' ');
}

function resourcesOf(subject: Subject): readonly string[] {
  if (subject.kind === 'erased') return [];
  return subject.resources.map(({ type, id, version }) => `${type}/${id}/_history/${version}`);
}
