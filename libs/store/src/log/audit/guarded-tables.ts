import type { Pool } from 'pg';
import { z } from 'zod';
import { canonicalize, parseStrict } from '#digest';
import { GatewayError } from '#outcome';
import { BINDING_CELLS, type BindingCells, checkBinding } from '../../apply/bindings.js';
import { checkLink, LINK_ROW, type LinkRow } from '../../apply/links.js';
import { BYTES, TIME } from '../../column-shapes.js';
import {
  DELEGATE_ROW,
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
import type { AuditFinding } from './finding.js';

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
  readonly findings: readonly AuditFinding[];
  readonly links: readonly LinkRow[];
  readonly bindings: readonly BindingCells[];
  readonly filings: readonly FilingRow[];
  readonly rules: readonly RuleRow[];
  readonly words: readonly WordRow[];
  readonly heads: readonly HeadRow[];
  readonly latches: readonly LatchRow[];
  /** Rows that were read. */
  readonly count: number;
}

/** A table whose rows carry a MAC. */
interface GuardedTable<Row> {
  readonly table: string;
  readonly select: string;
  readonly shape: z.ZodType<Row>;
  readonly key: (row: Row) => string;
  /** Throws `integrity-failure` where the MAC does not fit. */
  readonly check: (mac: RowMac, row: Row) => void;
}

const whole = (table: string): string => `select * from ${table} where tenant = $1`;

const LINKS: GuardedTable<LinkRow> = {
  table: 'person_link',
  select: whole('person_link'),
  shape: LINK_ROW,
  key: ({ patient, from_time: from }) => `${patient}/${from}`,
  check: checkLink,
};
const BINDINGS: GuardedTable<BindingCells> = {
  table: 'binding',
  select: whole('binding'),
  shape: BINDING_CELLS,
  key: ({ id }) => id,
  check: checkBinding,
};
const FILINGS: GuardedTable<FilingRow> = {
  table: 'consent_filing',
  select: `select ${FILING_COLUMNS} from consent_filing f where f.tenant = $1`,
  shape: FILING_ROW,
  key: ({ consent }) => consent,
  check: checkFilingRow,
};
const RULES: GuardedTable<RuleRow> = {
  table: 'consent_rule',
  select: whole('consent_rule'),
  shape: RULE_ROW,
  key: ({ consent, ordinal }) => `${consent}/${ordinal}`,
  check: checkRule,
};
const WORDS: GuardedTable<WordRow> = {
  table: 'grant_word',
  select: whole('grant_word'),
  shape: WORD_ROW,
  key: ({ subject, grant_id: grant }) => `${subject}/${grant}`,
  check: (mac, row) => mac.check('grant_word', row, row.mac, 'grant_word'),
};
const HEADS: GuardedTable<HeadRow> = {
  table: 'subject_head',
  select: whole('subject_head'),
  shape: HEAD_ROW,
  key: ({ subject }) => subject,
  check: (mac, row) => mac.check('subject_head', row, row.mac, 'subject_head'),
};
const DELEGATES: GuardedTable<z.infer<typeof DELEGATE_ROW>> = {
  table: 'delegate',
  select: whole('delegate'),
  shape: DELEGATE_ROW,
  key: ({ subject, signer_hash: signer }) => `${subject}/${signer}`,
  check: (mac, row) => mac.check('delegate', row, row.mac, 'delegate'),
};
const LATCHES: GuardedTable<LatchRow> = {
  table: 'latch',
  select: whole('latch'),
  shape: LATCH_ROW,
  key: ({ subject, grant_id: grant, kind, version }) => `${subject}/${grant}/${kind}/${version}`,
  check: (mac, row) => mac.check('latch', row, row.mac, 'latch'),
};
const TOKENS: GuardedTable<z.infer<typeof TokenRow>> = {
  table: 'oidc_payload',
  select: `select tenant, kind, id_hash, payload::text as payload, grant_id, user_code, uid, expires_at,
    consumed_at, mac from oidc_payload where tenant = $1`,
  shape: TokenRow,
  key: ({ kind, id_hash: id }) => `${kind}/${id}`,
  check: (mac, row) => {
    const payload = canonicalize(parseStrict(Buffer.from(row.payload)));
    mac.check('oidc_payload', { ...row, payload }, row.mac, 'oidc_payload');
  },
};

/** Reads every table whose rows carry a MAC, and checks each row. */
export async function readGuarded(pool: Pool, tenant: string, mac: RowMac): Promise<GuardedRows> {
  const reader = new GuardedReader(pool, tenant, mac);
  const rows = {
    links: await reader.read(LINKS),
    bindings: await reader.read(BINDINGS),
    filings: await reader.read(FILINGS),
    rules: await reader.read(RULES),
    words: await reader.read(WORDS),
    heads: await reader.read(HEADS),
    latches: await reader.read(LATCHES),
  };
  await reader.read(DELEGATES);
  await reader.read(TOKENS);
  return { ...rows, findings: reader.findings, count: reader.count };
}

class GuardedReader {
  readonly findings: AuditFinding[] = [];
  count = 0;
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #mac: RowMac;

  constructor(pool: Pool, tenant: string, mac: RowMac) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#mac = mac;
  }

  /** Rows whose MAC fits; the others become findings, and stand as if they were there. */
  async read<Row>({ table, select, shape, key, check }: GuardedTable<Row>): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query(select, [this.#tenant]);
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
