import { APART_ROW, apartKey, checkApart, type ApartRow } from '../../apply/apart.js';
import { BINDING_CELLS, type BindingCells, checkBinding } from '../../apply/bindings.js';
import { checkLink, LINK_ROW, type LinkRow } from '../../apply/links.js';
import {
  DELEGATE_ROW,
  type DelegateRow,
  HEAD_ROW,
  type HeadRow,
  LATCH_ROW,
  type LatchRow,
  WORD_ROW,
  type WordRow,
} from '../../projection/chain-row.js';
import { checkFilingRow, FILING_COLUMNS, FILING_ROW, type FilingRow } from '../../projection/filing-row.js';
import { checkRule, RULE_ROW, type RuleRow } from '../../projection/rule-row.js';
import type { RowMac } from '../../row-mac.js';
import type { Queryable } from '../head-row.js';
import type { RowFinding } from './finding.js';
import { GuardedReader, type GuardedTable } from './guarded-reader.js';
import { INBOX, KEYED_WRITES } from './guarded-received.js';
import { TOKENS } from './guarded-tokens.js';

/** Rows whose MACs fit, for the questions that go across tables. */
export interface GuardedRows {
  readonly findings: readonly RowFinding[];
  readonly links: readonly LinkRow[];
  readonly apart: readonly ApartRow[];
  readonly bindings: readonly BindingCells[];
  readonly filings: readonly FilingRow[];
  readonly rules: readonly RuleRow[];
  readonly words: readonly WordRow[];
  readonly heads: readonly HeadRow[];
  readonly latches: readonly LatchRow[];
  readonly delegates: readonly DelegateRow[];
  /** Rows that were read. */
  readonly count: number;
}

export const LINKS: GuardedTable<LinkRow> = {
  table: 'person_link',
  columns: 'f.*',
  shape: LINK_ROW,
  key: ({ patient, from_time: from }) => `${patient}/${from}`,
  check: checkLink,
};
export const APART: GuardedTable<ApartRow> = {
  table: 'person_apart',
  columns: 'f.*',
  shape: APART_ROW,
  key: apartKey,
  check: checkApart,
};
export const BINDINGS: GuardedTable<BindingCells> = {
  table: 'binding',
  columns: 'f.*',
  shape: BINDING_CELLS,
  key: ({ id }) => id,
  check: checkBinding,
};
export const FILINGS: GuardedTable<FilingRow> = {
  table: 'consent_filing',
  columns: FILING_COLUMNS,
  shape: FILING_ROW,
  key: ({ consent }) => consent,
  check: checkFilingRow,
};
export const RULES: GuardedTable<RuleRow> = {
  table: 'consent_rule',
  columns: 'f.*',
  shape: RULE_ROW,
  key: ({ consent, ordinal }) => `${consent}/${ordinal}`,
  check: checkRule,
};
export const WORDS: GuardedTable<WordRow> = {
  table: 'grant_word',
  columns: 'f.*',
  shape: WORD_ROW,
  key: ({ subject, grant_id: grant }) => `${subject}/${grant}`,
  check: (mac, row) => mac.check('grant_word', row, row.mac, 'grant_word'),
};
export const HEADS: GuardedTable<HeadRow> = {
  table: 'subject_head',
  columns: 'f.*',
  shape: HEAD_ROW,
  key: ({ subject }) => subject,
  check: (mac, row) => mac.check('subject_head', row, row.mac, 'subject_head'),
};
export const DELEGATES: GuardedTable<DelegateRow> = {
  table: 'delegate',
  columns: 'f.*',
  shape: DELEGATE_ROW,
  key: ({ subject, signer_hash: signer }) => `${subject}/${signer}`,
  check: (mac, row) => mac.check('delegate', row, row.mac, 'delegate'),
};
export const LATCHES: GuardedTable<LatchRow> = {
  table: 'latch',
  columns: 'f.*',
  shape: LATCH_ROW,
  key: ({ subject, grant_id: grant, kind, version }) => `${subject}/${grant}/${kind}/${version}`,
  check: (mac, row) => mac.check('latch', row, row.mac, 'latch'),
};
/** Reads every table whose rows carry a MAC, and checks each row. */
export async function readGuarded(pool: Queryable, tenant: string, mac: RowMac): Promise<GuardedRows> {
  const reader = new GuardedReader(pool, tenant, mac);
  const rows = {
    links: await reader.read(LINKS),
    apart: await reader.read(APART),
    bindings: await reader.read(BINDINGS),
    filings: await reader.read(FILINGS),
    rules: await reader.read(RULES),
    words: await reader.read(WORDS),
    heads: await reader.read(HEADS),
    latches: await reader.read(LATCHES),
    delegates: await reader.read(DELEGATES),
  };
  await reader.read(TOKENS);
  await reader.read(INBOX);
  await reader.read(KEYED_WRITES);
  return { ...rows, findings: reader.findings, count: reader.count };
}
