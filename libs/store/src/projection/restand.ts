import type { ClientBase } from 'pg';
import { decodeGrantWord, windowOf } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { updateRows } from '../insert-rows.js';
import { readSubjects, type HeadRow, type LatchRow, type SubjectRows, type WordRow } from './chain-row.js';
import { checkFilingDigest, FILING_DIGEST_COLUMNS, FILING_ROWS, type FilingRow } from './filing-row.js';
import { checkRule, RULE_ROWS, RULE_STANDINGS, withStanding, type RuleRow } from './rule-row.js';
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

/** Rows by what they are asked for: a batch may hold thousands of subjects. */
interface Grouped {
  readonly words: ReadonlyMap<string, WordRow>;
  readonly heads: ReadonlyMap<string, HeadRow>;
  readonly latches: ReadonlyMap<string, readonly LatchRow[]>;
  readonly delegates: ReadonlySet<string>;
}

const grouped = new WeakMap<object, Grouped>();

function groupsOf(rows: Pick<SubjectRows, 'words' | 'heads' | 'latches' | 'delegates'>): Grouped {
  const known = grouped.get(rows);
  if (known !== undefined) {
    return known;
  }
  const made = {
    words: new Map(rows.words.map((row) => [`${row.subject} ${row.grant_id}`, row])),
    heads: new Map(rows.heads.map((row) => [row.subject, row])),
    latches: Map.groupBy(rows.latches, ({ subject }) => subject),
    delegates: new Set(rows.delegates.map((row) => `${row.subject} ${row.signer_hash}`)),
  };
  grouped.set(rows, made);
  return made;
}

/** What the rows say of a filing's subject and grant. The rows are grouped once. */
export function viewOf(
  { subject, grant_id }: FilingRow,
  rows: Pick<SubjectRows, 'words' | 'heads' | 'latches' | 'delegates'>,
  confirmed: bigint,
): ChainView {
  const groups = groupsOf(rows);
  const word = groups.words.get(`${subject} ${grant_id}`);
  const head = groups.heads.get(subject);
  const latches = (groups.latches.get(subject) ?? []).filter(
    (latch) => latch.kind === 'revoked-all' || latch.grant_id === grant_id,
  );
  return {
    word:
      word === undefined
        ? undefined
        : {
            word: decodeGrantWord(word.word),
            commitment: word.commitment,
            block: word.block_number,
            byDelegate: groups.delegates.has(`${subject} ${word.signed_by}`),
          },
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
    text: `select ${FILING_DIGEST_COLUMNS} from consent_filing f where f.tenant = $1 and f.subject = any($2)`,
    values: [context.tenant, subjects],
  });
  const filings = FILING_ROWS.parse(rows);
  for (const filing of filings) {
    checkFilingDigest(context.mac, filing);
  }
  return filings;
}

/** All rules of Consents, each checked. */
export async function readRules(
  client: ClientBase,
  context: ApplyContext,
  consents: readonly string[],
): Promise<readonly RuleRow[]> {
  const { rows } = await client.query({
    name: 'rules of consents',
    text: 'select * from consent_rule where tenant = $1 and consent = any($2)',
    values: [context.tenant, consents],
  });
  const rules = RULE_ROWS.parse(rows);
  for (const rule of rules) {
    checkRule(context.mac, rule);
  }
  return rules;
}
