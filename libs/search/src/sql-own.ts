import type { OwnAccess } from '#consent';
import { type PredicateContext, tenantOf } from './sql-context.js';
import { timestampText } from './sql-statement.js';

/** The columns of `consent_rule` that the predicate looks at. */
const COLUMNS = {
  tenant: 'text',
  consent: 'text',
  person: 'uuid',
  kind: 'text',
  ordinal: 'int',
  effect: 'text',
  actors: 'text[]',
  purposes: 'text[]',
  actions: 'text[]',
  classes: 'text[]',
  codes: 'text[]',
  labels: 'text[]',
  instances: 'text[]',
  related: 'text[]',
  authors: 'text[]',
  data_from: 'timestamptz',
  data_to: 'timestamptz',
  valid_from: 'timestamptz',
  valid_to: 'timestamptz',
  from_position: 'bigint',
  until_position: 'bigint',
} as const;

/** The rules of a person's own access as rows of the form of `consent_rule`: they come with the statement, as a value. */
export function ownRules({ values, predicate }: PredicateContext, { rules: group }: OwnAccess): string {
  const rows = group.rules.map(({ data, valid, ...rule }) => ({
    ...rule,
    tenant: predicate.tenant,
    consent: group.consent,
    person: group.person,
    kind: group.kind,
    data_from: data === null ? null : timestampText(data.from),
    data_to: data === null ? null : timestampText(data.to),
    valid_from: timestampText(valid.from),
    valid_to: timestampText(valid.to),
    from_position: group.fromPosition === null ? null : String(group.fromPosition),
    until_position: group.untilPosition === null ? null : String(group.untilPosition),
  }));
  const columns = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`);
  const value = values.add(JSON.stringify(rows), 'jsonb', 'own rules');
  return `(select * from jsonb_to_recordset(${value}) as own(${columns.join(', ')}))`;
}

/**
 * Whether the person of link `pl` is she for whom the caller speaks, and still is in this statement's snapshot: of a
 * patient who was told apart since it was decided nothing is visible.
 */
export function isHerself(context: PredicateContext, own: OwnAccess, pl: string): string {
  const { values } = context;
  return `(${pl}.person = ${values.add(own.rules.person, 'uuid', 'own person')} and exists (
      select 1 from person_link ol
      where ol.tenant = ${tenantOf(context)} and ol.patient = ${values.add(own.patient, 'text', 'own patient')}
        and ol.person = ${pl}.person and ol.until_time is null))`;
}
