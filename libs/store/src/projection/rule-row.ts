import { z } from 'zod';
import { BYTES, TIME } from '../column-shapes.js';
import type { Interval, Rule } from '#consent';
import type { Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';
import type { Standing } from './standing.js';

const LIST = z.array(z.string()).readonly().nullable();

/** A row of `consent_rule`. */
export const RULE_ROW = z.object({
  tenant: z.string(),
  consent: z.string(),
  ordinal: z.number(),
  person: z.string(),
  kind: z.enum(['permit', 'deny']),
  effect: z.enum(['permit', 'deny']),
  actors: LIST,
  purposes: LIST,
  actions: LIST,
  classes: LIST,
  codes: LIST,
  labels: LIST,
  data_from: TIME.nullable(),
  data_to: TIME.nullable(),
  instances: LIST,
  related: LIST,
  authors: LIST,
  period_from: TIME,
  period_to: TIME,
  window_from: TIME,
  window_to: TIME,
  valid_from: TIME,
  valid_to: TIME,
  from_position: z.bigint().nullable(),
  until_position: z.bigint().nullable(),
  mac: BYTES,
});
export const RULE_ROWS = z.array(RULE_ROW);
export type RuleRow = z.infer<typeof RULE_ROW>;

export const RULES: Table<RuleRow> = {
  name: 'consent_rule',
  columns: {
    tenant: 'text',
    consent: 'text',
    ordinal: 'int',
    person: 'uuid',
    kind: 'text',
    effect: 'text',
    actors: 'text[]',
    purposes: 'text[]',
    actions: 'text[]',
    classes: 'text[]',
    codes: 'text[]',
    labels: 'text[]',
    data_from: 'timestamptz',
    data_to: 'timestamptz',
    instances: 'text[]',
    related: 'text[]',
    authors: 'text[]',
    period_from: 'timestamptz',
    period_to: 'timestamptz',
    window_from: 'timestamptz',
    window_to: 'timestamptz',
    valid_from: 'timestamptz',
    valid_to: 'timestamptz',
    from_position: 'bigint',
    until_position: 'bigint',
    mac: 'bytea',
  },
};

/** The columns by which a standing is written. */
export const RULE_STANDINGS: Table<
  Pick<
    RuleRow,
    | 'tenant'
    | 'consent'
    | 'ordinal'
    | 'window_from'
    | 'window_to'
    | 'valid_from'
    | 'valid_to'
    | 'from_position'
    | 'until_position'
    | 'mac'
  >
> = {
  name: 'consent_rule',
  columns: {
    tenant: 'text',
    consent: 'text',
    ordinal: 'int',
    window_from: 'timestamptz',
    window_to: 'timestamptz',
    valid_from: 'timestamptz',
    valid_to: 'timestamptz',
    from_position: 'bigint',
    until_position: 'bigint',
    mac: 'bytea',
  },
};

/** @throws `integrity-failure` unless the rule is as it was written. */
export function checkRule(mac: RowMac, row: RuleRow): void {
  mac.check('consent_rule', row, row.mac, `consent_rule/${row.consent}/${row.ordinal}`);
}

/** The row of a rule that was filed and has no standing yet. `rule.valid` is the provision's own period. */
export function ruleRow(
  at: {
    readonly tenant: string;
    readonly consent: string;
    readonly person: string;
    readonly kind: 'permit' | 'deny';
  },
  rule: Rule,
): Omit<RuleRow, 'mac'> {
  const { valid, data, ...criteria } = rule;
  return {
    ...at,
    ...criteria,
    data_from: data?.from ?? null,
    data_to: data?.to ?? null,
    period_from: valid.from,
    period_to: valid.to,
    window_from: -Infinity,
    window_to: Infinity,
    valid_from: valid.from,
    valid_to: valid.to,
    from_position: null,
    until_position: null,
  };
}

/** The row with the standing of its Consent; positions that hold already stay. */
export function withStanding(row: RuleRow, standing: Standing, position: bigint): Omit<RuleRow, 'mac'> {
  const { window, counts, ended } = standing;
  return {
    ...row,
    window_from: window.from,
    window_to: window.to,
    valid_from: Math.max(window.from, row.period_from),
    valid_to: Math.min(window.to, row.period_to),
    from_position: counts || ended ? (row.from_position ?? (counts ? position : null)) : null,
    until_position: ended ? (row.until_position ?? position) : null,
  };
}

/** A rule as the decision and the guard take it. */
export function ruleOfRow(row: RuleRow): Rule {
  const { ordinal, effect, actors, purposes, actions, classes, codes, labels, instances, related, authors } =
    row;
  const lists = { actors, purposes, actions, classes, codes, labels, instances, related, authors };
  return { ...lists, ordinal, effect, data: dataOf(row), valid: { from: row.valid_from, to: row.valid_to } };
}

function dataOf(row: RuleRow): Interval | null {
  return row.data_from === null || row.data_to === null ? null : { from: row.data_from, to: row.data_to };
}
