import { z } from 'zod';
import { canonicalize, parseStrict } from '#digest';
import { GatewayError } from '#outcome';
import { BINDING_CELLS, type BindingCells, checkBinding } from '../../apply/bindings.js';
import { checkLink, LINK_ROW, type LinkRow } from '../../apply/links.js';
import { BYTES, TIME } from '../../column-shapes.js';
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

const TokenRow = z.object({
  tenant: z.string(),
  kind: z.string(),
  id_hash: z.string(),
  payload: z.string(),
  grant_id: z.string().nullable(),
  user_code: z.string().nullable(),
  uid: z.string().nullable(),
  expires_at: TIME.nullable(),
  consumed_at: TIME.nullable(),
  mac: BYTES,
});

/** Rows whose MACs fit, for the questions that go across tables. */
export interface GuardedRows {
  readonly findings: readonly RowFinding[];
  readonly links: readonly LinkRow[];
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

/** A table whose rows carry a MAC. */
export interface GuardedTable<Row> {
  readonly table: string;
  /** Read from `table` by the name `f`. */
  readonly columns: string;
  readonly shape: z.ZodType<Row>;
  readonly key: (row: Row) => string;
  /** Throws `integrity-failure` where the MAC does not fit. */
  readonly check: (mac: RowMac, row: Row) => void;
}

export const LINKS: GuardedTable<LinkRow> = {
  table: 'person_link',
  columns: 'f.*',
  shape: LINK_ROW,
  key: ({ patient, from_time: from }) => `${patient}/${from}`,
  check: checkLink,
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
export const TOKENS: GuardedTable<z.infer<typeof TokenRow>> = {
  table: 'oidc_payload',
  columns: `f.tenant, f.kind, f.id_hash, f.payload::text as payload, f.grant_id, f.user_code, f.uid, f.expires_at,
    f.consumed_at, f.mac`,
  shape: TokenRow,
  key: ({ kind, id_hash: id }) => `${kind}/${id}`,
  check: (mac, row) => {
    const payload = canonicalize(parseStrict(Buffer.from(row.payload)));
    mac.check('oidc_payload', { ...row, payload }, row.mac, 'oidc_payload');
  },
};

/** Reads every table whose rows carry a MAC, and checks each row. */
export async function readGuarded(pool: Queryable, tenant: string, mac: RowMac): Promise<GuardedRows> {
  const reader = new GuardedReader(pool, tenant, mac);
  const rows = {
    links: await reader.read(LINKS),
    bindings: await reader.read(BINDINGS),
    filings: await reader.read(FILINGS),
    rules: await reader.read(RULES),
    words: await reader.read(WORDS),
    heads: await reader.read(HEADS),
    latches: await reader.read(LATCHES),
    delegates: await reader.read(DELEGATES),
  };
  await reader.read(TOKENS);
  return { ...rows, findings: reader.findings, count: reader.count };
}

/** Which rows of a table are read. */
export interface RowChoice {
  /** Such as `tablesample system (1)`. */
  readonly sample?: string;
  /** What follows `where f.tenant = $1`. */
  readonly rest?: string;
  /** Values from `$2` on. */
  readonly values?: readonly unknown[];
}

/** Reads rows that carry a MAC, and keeps what it found of them. */
export class GuardedReader {
  readonly findings: RowFinding[] = [];
  count = 0;
  readonly #pool: Queryable;
  readonly #tenant: string;
  readonly #mac: RowMac;

  constructor(pool: Queryable, tenant: string, mac: RowMac) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#mac = mac;
  }

  /** The rows, all where nothing is chosen; each whose MAC does not fit becomes a finding, and stands as if it did. */
  async read<Row>(of: GuardedTable<Row>, choice: RowChoice = {}): Promise<readonly Row[]> {
    const { table, columns, shape, key, check } = of;
    const { sample = '', rest = '', values = [] } = choice;
    const text = `select ${columns} from ${table} f ${sample} where f.tenant = $1 ${rest}`;
    const { rows } = await this.#pool.query(text, [this.#tenant, ...values]);
    this.count += rows.length;
    return z
      .array(shape)
      .parse(rows)
      .map((row) => {
        if (!this.#fits(row, check)) this.findings.push({ kind: 'row-altered', table, key: key(row) });
        return row;
      });
  }

  #fits<Row>(row: Row, check: (mac: RowMac, row: Row) => void): boolean {
    try {
      check(this.#mac, row);
      return true;
    } catch (cause) {
      if (cause instanceof GatewayError && cause.code === 'integrity-failure') return false;
      throw cause;
    }
  }
}
