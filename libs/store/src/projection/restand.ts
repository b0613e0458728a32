import type { ClientBase } from 'pg';
import { z } from 'zod';
import { decodeGrantWord, windowOf } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { updateRows } from '../insert-rows.js';
import { readSubjects, type SubjectRows } from './chain-row.js';
import { checkFilingRow, FILING_COLUMNS, FILING_ROW, type FilingRow } from './filing-row.js';
import { checkRule, RULE_ROW, RULE_STANDINGS, withStanding, type RuleRow } from './rule-row.js';
import { standingOf, type ChainView, type Standing } from './standing.js';

/** Where the projection stands when standings are judged. */
export interface StandPoint {
  readonly confirmed: bigint;
  readonly position: bigint;
}

/**
 * Judges all filed Consents of the subjects anew by words, heads and latches as they are now, and writes what changed.
 * Undoing a block needs no more than this: standings follow from the rows.
 * @returns the persons whose rules changed.
 * @throws `integrity-failure` where a row's MAC does not fit.
 */
export async function restand(
  client: ClientBase,
  context: ApplyContext,
  subjects: readonly string[],
  at: StandPoint,
): Promise<readonly string[]> {
  const filings = subjects.length === 0 ? [] : await readFilings(client, context, subjects);
  if (filings.length === 0) {
    return [];
  }
  const rows = await readSubjects(client, context, subjects);
  const standings = new Map(
    filings.map((filing) => [
      filing.consent,
      standingOf(filing, viewOf(filing, rows, at.confirmed), windowOf),
    ]),
  );
  const rules = await readRules(client, context, [...standings.keys()]);
  const changed = rules.flatMap((rule) =>
    changedRule(context, rule, standings.get(rule.consent), at.position),
  );
  await updateRows(client, RULE_STANDINGS, ['tenant', 'consent', 'ordinal'], changed);
  return [...new Set(changed.map(({ person }) => person))];
}

function changedRule(
  context: ApplyContext,
  rule: RuleRow,
  standing: Standing | undefined,
  position: bigint,
): readonly RuleRow[] {
  if (standing === undefined) {
    return [];
  }
  const row = withStanding(rule, standing, position);
  const mac = context.mac.of('consent_rule', row);
  return Buffer.compare(mac, rule.mac) === 0 ? [] : [{ ...row, mac }];
}

/** What the chain's rows say of a filed Consent. */
export function viewOf(
  filing: FilingRow,
  rows: Pick<SubjectRows, 'words' | 'heads' | 'latches'>,
  confirmed: bigint,
): ChainView {
  const word = rows.words.find(
    ({ subject, grant_id }) => subject === filing.subject && grant_id === filing.grant_id,
  );
  const head = rows.heads.find(({ subject }) => subject === filing.subject);
  const latches = rows.latches.filter(
    ({ subject, grant_id, kind }) =>
      subject === filing.subject && (kind === 'revoked-all' || grant_id === filing.grant_id),
  );
  return {
    word:
      word === undefined
        ? undefined
        : { word: decodeGrantWord(word.word), commitment: word.commitment, block: word.block_number },
    epoch: Number(head?.epoch ?? 0n),
    latches: latches.map(({ kind, version, epoch }) => ({ kind, version, epoch: Number(epoch) })),
    confirmed,
  };
}

async function readFilings(
  client: ClientBase,
  context: ApplyContext,
  subjects: readonly string[],
): Promise<readonly FilingRow[]> {
  const { rows } = await client.query({
    name: 'filings of subjects',
    text: `select ${FILING_COLUMNS} from consent_filing f where f.tenant = $1 and f.subject = any($2)`,
    values: [context.tenant, subjects],
  });
  const filings = z.array(FILING_ROW).parse(rows);
  for (const filing of filings) {
    checkFilingRow(context.mac, filing);
  }
  return filings;
}

async function readRules(
  client: ClientBase,
  context: ApplyContext,
  consents: readonly string[],
): Promise<readonly RuleRow[]> {
  const { rows } = await client.query({
    name: 'rules of consents',
    text: 'select * from consent_rule where tenant = $1 and consent = any($2)',
    values: [context.tenant, consents],
  });
  const rules = z.array(RULE_ROW).parse(rows);
  for (const rule of rules) {
    checkRule(context.mac, rule);
  }
  return rules;
}
