import { GatewayError } from '#outcome';
import { bundleJson, ENTRY_CLASS, readAccess, type Access } from '#provenance';
import type { AccessPlace } from '#store';
import type { Operation, Outcome } from '../operation.js';
import type { Parts } from '../parts.js';
import { shownPersons } from '../shown-persons.js';
import { findAccesses, type FoundAccess } from './find-accesses.js';
import { timelineQuery, type TimelineQuery } from './timeline-query.js';

/** Persons of one record that a line shows at most; `/audit/records/{index}` shows all. */
const SUBJECTS_MAX = 20;

/** A line of a timeline: what its receipt proves, or that the record does not fit what its entry commits to. */
type Line =
  | { readonly kind: 'whole'; readonly access: Access; readonly row: object }
  | { readonly kind: 'altered'; readonly row: object };

/**
 * `GET /audit/timeline`: who did what with a person's data, or a resource, or what an actor did; newest first. Each line has
 * a receipt of its own, under the one checkpoint that the answer has.
 */
export const showTimeline: Operation<TimelineQuery> = {
  name: 'audit-timeline',
  role: 'auditor',
  input: timelineQuery,
  async handle(query, _principal, parts): Promise<Outcome> {
    const indexed = await parts.accesses.position();
    const { found, next, asked } = await findAccesses(query, parts);
    const checkpoint = await parts.log.checkpoint();
    const lines = await linesOf(found, checkpoint, parts);
    const body = {
      checkpoint,
      indexed: String(indexed),
      rows: lines.map(({ row }) => row),
      ...(next === undefined ? {} : { next: cursorOf(next) }),
    };
    const shown = lines.flatMap((line) => (line.kind === 'whole' ? [line.access] : []));
    const subjects = shownPersons(shown, asked);
    return { status: 200, body, class: ENTRY_CLASS.access, subjects, writes: [] };
  },
};

/** One record after the other: a page shall not take the database's connections from those who are treated. */
async function linesOf(
  found: readonly FoundAccess[],
  checkpoint: string,
  parts: Parts,
): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const place of found) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    lines.push(await lineOf(place, checkpoint, parts));
  }
  return lines;
}

async function lineOf({ index, position }: FoundAccess, checkpoint: string, parts: Parts): Promise<Line> {
  try {
    const { bundle, left } = await parts.receipts.excerptOf(index, {
      checkpoint,
      limit: SUBJECTS_MAX,
      ...(position === undefined ? {} : { positions: [position] }),
    });
    const access = readAccess(bundle);
    return { kind: 'whole', access, row: { access, others: left, receipt: bundleJson(bundle) } };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'integrity-failure') throw error;
    parts.incident('integrity-failure', { index: String(index), cause: error.message });
    return { kind: 'altered', row: { altered: String(index) } };
  }
}

function cursorOf({ index, position }: AccessPlace): string {
  return `${index}.${position}`;
}
