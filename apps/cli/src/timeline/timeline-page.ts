import { z } from 'zod';
import type { Api } from '../api.js';

const subjectSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('shown'),
    person: z.string().nullable(),
    subjectSeq: z
      .string()
      .regex(/^\d{1,19}$/)
      .nullable(),
    effect: z.string(),
    code: z.string().nullable(),
    basis: z.array(
      z.looseObject({ kind: z.string(), consent: z.string().optional(), policy: z.string().optional() }),
    ),
    resources: z.array(z.object({ type: z.string(), id: z.string(), version: z.string() })),
  }),
  z.looseObject({ kind: z.literal('erased') }),
]);
const accessSchema = z.looseObject({
  index: z.string(),
  time: z.string().nullable(),
  interaction: z.string().nullable(),
  outcome: z.string().nullable(),
  actor: z.looseObject({ client: z.string().nullable(), user: z.string().nullable() }).nullable(),
  subjects: z.array(subjectSchema),
});
const rowSchema = z.union([
  z.object({ access: accessSchema, others: z.number(), receipt: z.unknown() }),
  z.object({ altered: z.string() }),
]);
/** A page as the API gives it. */
export const pageSchema = z.object({
  checkpoint: z.string(),
  indexed: z.string(),
  rows: z.array(rowSchema),
  next: z.string().optional(),
});

/** A row of a timeline, or the index of a record that was altered. */
export type TimelineRow = z.infer<typeof rowSchema>;
/** What a row says. */
export type ShownAccess = z.infer<typeof accessSchema>;
/** A page of a timeline: its rows are proved under its checkpoint. */
export type TimelinePage = z.infer<typeof pageSchema>;

const ROWS_OF_PAGE = 50;
/** A page may be short, or empty, and not the last: a timeline that only has such ones ends at last. */
const PAGES_MAX = 1_000;

/** The pages of a timeline, newest first, until there are so many rows. */
export async function* timelinePages(
  api: Api,
  query: Readonly<Record<string, string>>,
  rows: number,
): AsyncGenerator<TimelinePage> {
  let [left, cursor] = [rows, undefined as string | undefined];
  for (let pages = 0; pages < PAGES_MAX && left > 0; pages += 1) {
    const asked = { ...query, _count: String(Math.min(left, ROWS_OF_PAGE)) };
    const parameters = new URLSearchParams(cursor === undefined ? asked : { ...asked, cursor });
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const { body } = await api.must('GET', `/audit/timeline?${parameters.toString()}`);
    const page = pageSchema.parse(body);
    yield page;
    left -= page.rows.length;
    cursor = page.next;
    if (cursor === undefined) return;
  }
}
