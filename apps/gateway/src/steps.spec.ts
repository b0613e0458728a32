import { WRITE_KINDS } from '#fhir';
import { golden } from '../../../test/golden/golden.js';
import { STEPS } from './steps.js';

const LINES = Object.entries(STEPS).map(([interaction, line]) => ({ interaction, names: line.names }));

/** A step per row, an interaction per column; the number says when. */
function table(): string {
  const steps = [...new Set(LINES.flatMap(({ names }) => names))].toSorted((a, b) => place(a) - place(b));
  const rows = [
    ['step', ...LINES.map(({ interaction }) => interaction)],
    ...steps.map((step) => [step, ...LINES.map(({ names }) => cell(names.indexOf(step)))]),
  ];
  return rows
    .map(
      (row) =>
        row
          .map((text) => text.padEnd(18))
          .join('')
          .trimEnd() + '\n',
    )
    .join('');
}

function place(step: string): number {
  return Math.max(...LINES.map(({ names }) => names.indexOf(step)));
}

function cell(at: number): string {
  return at === -1 ? '-' : String(at + 1);
}

const isWrite = ({ interaction }: { readonly interaction: string }) =>
  WRITE_KINDS.some((kind) => kind === interaction);
const READS = LINES.filter((line) => !isWrite(line));
const WRITES = LINES.filter(isWrite);

describe('STEPS', () => {
  it('is the table that was agreed on', () => {
    expect(table()).toBe(golden('steps.txt', table()));
  });

  it.each(READS)('asks who, may he, about whom, before it asks the store: $interaction', ({ names }) => {
    const query = names.findIndex((name) => name.startsWith('query'));
    for (const before of ['identify', 'scope', 'subject', 'decide']) {
      expect(names.indexOf(before)).toBeGreaterThanOrEqual(0);
      expect(names.indexOf(before)).toBeLessThan(query);
    }
    expect(names.filter((name) => name.startsWith('query'))).toHaveLength(1);
  });

  it.each(READS)('judges again what was found, and seals last of all: $interaction', ({ names }) => {
    const query = names.findIndex((name) => name.startsWith('query'));
    expect(names.slice(query + 1)).toEqual(['guard', 'render', 'seal']);
  });

  it('knows the lines of all writes', () => {
    expect(WRITES.map(({ interaction }) => interaction)).toEqual(WRITE_KINDS);
  });

  it.each(WRITES)('asks whose it is after what is hidden is told to be absent: $interaction', ({ names }) => {
    expect(names.slice(0, 6)).toEqual(['identify', 'admit', 'scope', 'receive', 'subjectWritten', 'decide']);
    const looked = names.slice(7, names.indexOf('whose'));
    expect(names[6]).toBe('keyed');
    expect(looked).toEqual(names.length === 12 ? [] : ['queryTarget', 'guard']);
    expect(names.slice(names.indexOf('whose'))).toEqual([
      'whose',
      'revise',
      'validate',
      'judgeWritten',
      'store',
    ]);
  });
});
