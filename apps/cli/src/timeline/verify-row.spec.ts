import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseBundle, parsePolicy, parseTlogProof, readAccess } from '#provenance';
import { rowLine } from './row-line.js';
import { pageSchema, type TimelineRow } from './timeline-page.js';
import { verifyRow } from './verify-row.js';

const VECTORS = path.resolve(import.meta.dirname, '../../../../test/vectors/provenance');
const text = readFileSync(path.join(VECTORS, 'receipt.json'), 'utf8');
const policy = parsePolicy(readFileSync(path.join(VECTORS, 'policy.txt'), 'utf8'));
const bundle = parseBundle(text);
const { checkpoint } = parseTlogProof(bundle.tlogProof);

/** The row of the vectors' receipt, as the API would give it. */
function row(change: object = {}, receipt: unknown = JSON.parse(text)): TimelineRow {
  const access = { ...readAccess(bundle), ...change };
  const page = { checkpoint, indexed: '0', rows: [{ access, others: 0, receipt }] };
  const [only] = pageSchema.parse(JSON.parse(JSON.stringify(page))).rows;
  if (only === undefined) throw new Error('no row');
  return only;
}

describe('verifyRow', () => {
  it('takes a row that says what its receipt says, under the page’s checkpoint', () => {
    expect(verifyRow(row(), checkpoint, policy)).toEqual({ kind: 'valid-not-anchored', failed: [] });
  });

  it.each([
    ['time', { time: '2026-01-01T00:00:00.000Z' }],
    ['actor', { actor: null }],
    ['index', { index: '999' }],
    ['resources', { subjects: [] }],
    ['more than the receipt', { note: 'x' }],
  ])('refuses a row that was changed in its %s', (_what, change) => {
    expect(verifyRow(row(change), checkpoint, policy)).toEqual({ kind: 'invalid', failed: ['row'] });
  });

  it('refuses a row under another checkpoint than the page’s', () => {
    const { failed } = verifyRow(row(), `${checkpoint}\n`, policy);
    expect(failed).toEqual(['page-checkpoint']);
  });

  it('refuses a row whose receipt does not verify, is none, or whose record was altered', () => {
    const entry = Buffer.from(bundle.entry);
    entry[10] = (entry[10] ?? 0) ^ 1;
    const forged = { ...JSON.parse(text), entry: entry.toString('base64') };
    const { kind, failed } = verifyRow(row({}, forged), checkpoint, policy);
    expect(kind).toBe('invalid');
    expect(failed).toEqual(expect.arrayContaining(['inclusion', 'gateway-signature', 'row']));
    expect(verifyRow(row({}, {}), checkpoint, policy)).toEqual({ kind: 'invalid', failed: ['receipt'] });
    expect(verifyRow({ altered: '7' }, checkpoint, policy)).toEqual({ kind: 'invalid', failed: ['record'] });
  });
});

describe('rowLine', () => {
  it('shows a row on one line, whatever its words are', () => {
    const line = rowLine(row({ interaction: 'read\nforged\tline\u001b[2J' }));
    expect(line).not.toContain('\n');
    expect(line).not.toContain('\u001b');
    expect(line.split('\t').slice(0, 2)).toEqual([readAccess(bundle).time, readAccess(bundle).index]);
    expect(line.split('\t')[3]).toBe('read?forged?line?[2J');
  });

  it('shows what was erased and what was altered', () => {
    expect(rowLine(row({ subjects: [{ kind: 'erased', position: 0 }], actor: null }))).toMatch(/erased$/);
    expect(rowLine({ altered: '7' })).toBe('\t7\t\t\taltered');
  });
});
