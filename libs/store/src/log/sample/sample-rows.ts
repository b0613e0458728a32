import { auditFilings } from '../audit/audit-filings.js';
import type { RowFinding } from '../audit/finding.js';
import { GuardedReader, type GuardedTable } from '../audit/guarded-reader.js';
import { INBOX, KEYED_WRITES } from '../audit/guarded-received.js';
import { TOKENS } from '../audit/guarded-tokens.js';
import {
  APART,
  BINDINGS,
  DELEGATES,
  FILINGS,
  HEADS,
  LATCHES,
  LINKS,
  RULES,
  WORDS,
} from '../audit/guarded-tables.js';
import { sampleClause } from './random-rows.js';
import type { Snapshot } from './sample-options.js';

/** Rows at random of every table whose rows carry a MAC; of filed Consents also whether their rules stand as they should. */
export async function sampleRows(snapshot: Snapshot, count: number): Promise<readonly RowFinding[]> {
  const { pool, tenant, mac } = snapshot;
  const reader = new GuardedReader(pool, tenant, mac);
  const pick = async <Row>(of: GuardedTable<Row>): Promise<readonly Row[]> =>
    reader.read(of, {
      sample: await sampleClause(pool, of.table, count),
      rest: 'order by random() limit $2',
      values: [count],
    });
  const filings = await pick(FILINGS);
  const rules = await pick(RULES);
  await pick(LINKS);
  await pick(BINDINGS);
  await pick(WORDS);
  await pick(HEADS);
  await pick(DELEGATES);
  await pick(LATCHES);
  await pick(TOKENS);
  await pick(INBOX);
  await pick(KEYED_WRITES);
  await pick(APART);
  const consents = new Set([...filings, ...rules].map(({ consent }) => consent));
  return [...reader.findings, ...(await standings(snapshot, [...consents]))];
}

/** Some filed Consents with all that their rules follow from. */
async function standings(
  { pool, tenant, mac }: Snapshot,
  consents: readonly string[],
): Promise<readonly RowFinding[]> {
  const reader = new GuardedReader(pool, tenant, mac);
  const filings = await reader.read(FILINGS, { rest: 'and f.consent = any($2)', values: [consents] });
  const rules = await reader.read(RULES, { rest: 'and f.consent = any($2)', values: [consents] });
  const ofSubjects = {
    rest: 'and f.subject = any($2)',
    values: [filings.map(({ subject }) => subject)],
  };
  const bindings = await reader.read(BINDINGS, ofSubjects);
  const links = await reader.read(LINKS, {
    rest: 'and f.patient = any($2) and f.until_time is null',
    values: [filings.map(({ patient }) => patient)],
  });
  const words = await reader.read(WORDS, ofSubjects);
  const heads = await reader.read(HEADS, ofSubjects);
  const delegates = await reader.read(DELEGATES, ofSubjects);
  const latches = await reader.read(LATCHES, ofSubjects);
  const { rows } = await pool.query<{ confirmed: bigint }>(
    'select confirmed from projection_checkpoint where tenant = $1',
    [tenant],
  );
  const found = auditFilings(
    { findings: [], links, apart: [], count: 0, bindings, filings, rules, words, heads, delegates, latches },
    rows[0]?.confirmed ?? -1n,
  );
  return [...reader.findings, ...found];
}
