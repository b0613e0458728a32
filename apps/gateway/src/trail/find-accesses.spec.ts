import { z } from 'zod';
import type { OpenedGroup } from '#provenance';
import type { AccessEntry, AccessQuery } from '#store';
import { findAccesses, type TrailParts } from './find-accesses.js';
import { trailQuery } from './trail-query.js';

const group = (name: string, value: object): OpenedGroup => ({
  group: name,
  salt: new Uint8Array(32),
  bytes: Buffer.from(JSON.stringify(value)),
});

/** A record as it is opened, of one person; the rest of it was erased. */
function groupsOf(index: bigint): OpenedGroup[] {
  const status = index % 2n === 0n ? 200 : 403;
  return [
    group('op', {
      id: `r${index}`,
      time: '2026-01-01T00:00:00.000Z',
      phase: 'single',
      interaction: 'read',
      outcome: 'permit',
      status,
      gateway: 'g',
    }),
    group('sub:0/subject', { person: 'p', patient: `x${index % 3n}`, subjectSeq: String(index) }),
    group('sub:0/content', { items: [] }),
    group('sub:0/decision', { effect: status === 200 ? 'permit' : 'refusal', code: null, basis: [] }),
  ];
}

const COUNT = 120n;
const entries: readonly AccessEntry[] = Array.from({ length: Number(COUNT) }, (_, at) => {
  const index = COUNT - BigInt(at);
  return { person: 'p', subjectSeq: index, index, position: 0, timeMs: 0, event: `e${index}` };
});

const openRecord = (index: bigint) =>
  Promise.resolve({ kind: 'opened', index, entry: new Uint8Array(204), groups: groupsOf(index) });

function partsOf(change: (entry: AccessEntry) => AccessEntry = (entry) => entry): TrailParts {
  const page = ({ before, limit }: AccessQuery) => {
    const left = entries.filter(({ index }) => before === undefined || index < before.index);
    const shown = left.slice(0, limit).map(change);
    return Promise.resolve({ entries: shown, next: left.length > limit ? shown.at(-1) : undefined });
  };
  return z.custom<TrailParts>().parse({ accesses: { page }, records: { openRecord } });
}

const query = (text: string) =>
  trailQuery(text, {
    pages: { defaultCount: 20, maxCount: 200 },
    lenient: false,
    allowed: ['outcome', 'action', 'subtype'],
  });
const HER = [{ person: 'p', former: undefined }];

describe('findAccesses', () => {
  it('gives a page, and the next begins after it', async () => {
    const first = await findAccesses(HER, query(''), partsOf());
    expect(first.shown.map(({ event }) => event)).toEqual(entries.slice(0, 20).map(({ event }) => event));
    const second = await findAccesses(HER, { ...query(''), before: first.next }, partsOf());
    expect(second.shown[0]?.event).toBe(entries[20]?.event);
  });

  it('goes on until a page is full of what fits', async () => {
    const { shown, next } = await findAccesses(HER, query('outcome=4&_count=40'), partsOf());
    expect(shown).toHaveLength(40);
    expect(shown.every(({ access }) => access.status === 403)).toBe(true);
    expect(next).toMatchObject({ index: shown.at(-1)?.access.index });
    expect((await findAccesses(HER, query('action=C'), partsOf())).shown).toEqual([]);
  });

  it('takes of a person who was another one’s before what names the Patient', async () => {
    const { shown } = await findAccesses([{ person: 'p', former: 'x1' }], query('_count=200'), partsOf());
    expect(shown).toHaveLength(40);
    expect(new Set(shown.map(({ access }) => access.patient))).toEqual(new Set(['x1']));
  });

  it('shows nothing for nobody, and asks nobody', async () => {
    const parts = z.custom<TrailParts>().parse({});
    expect(await findAccesses([], query(''), parts)).toEqual({ shown: [], next: undefined });
  });

  it.each<[string, Partial<AccessEntry>]>([
    ['another person', { person: 'q' }],
    ['another number', { subjectSeq: 1_000n }],
  ])('is an integrity failure where the index names %s than the record', async (_what, wrong) => {
    const parts = partsOf((entry) => ({ ...entry, ...wrong }));
    await expect(findAccesses(HER, query(''), parts)).rejects.toMatchObject({ code: 'integrity-failure' });
  });

  it('leaves out what was erased', async () => {
    const parts = partsOf((entry) => ({ ...entry, position: 1 }));
    expect((await findAccesses(HER, query(''), parts)).shown).toEqual([]);
  });
});
