import type { ClientBase } from 'pg';
import { uuidv5 } from '#digest';
import { updateRows, type Table } from '../insert-rows.js';
import { lockCheckpoint } from '../projection/checkpoint.js';
import { checkRule, RULE_ROWS, type RuleRow } from '../projection/rule-row.js';
import type { ApplyContext } from './apply-context.js';
import { insertRuleActors } from './rule-actors.js';

const NOBODY = '4a4a7d0c-9d4b-5a53-a8f1-0a2bb4f7c6d9';

const RULE_PERSONS: Table<Pick<RuleRow, 'tenant' | 'consent' | 'ordinal' | 'person' | 'mac'>> = {
  name: 'consent_rule',
  columns: { tenant: 'text', consent: 'text', ordinal: 'int', person: 'uuid', mac: 'bytea' },
};

/** Whom the rules of a patient bind who has no person: nobody else ever has this one. */
export function nobodyOf(patient: string): string {
  return uuidv5(NOBODY, patient);
}

/**
 * The rules of a Consent bind the person of the patient whom it names: where she gets another person, they follow. So the
 * rules of two persons who become one all count for all records of both, and what an unlink takes away takes its own
 * Consents along and leaves the others.
 * @param persons the patients whose links changed, with the person that each has now
 * @returns the persons whose rules changed
 */
export async function followPatients(
  client: ClientBase,
  context: ApplyContext,
  persons: ReadonlyMap<string, string | undefined>,
): Promise<readonly string[]> {
  const patients = [...persons.keys()];
  if (patients.length === 0 || !(await haveConsents(client, context, patients))) {
    return [];
  }
  // Whoever judges standings meanwhile writes the same rows.
  await lockCheckpoint(client, context.tenant);
  const { rows } = await client.query({
    name: 'rules of patients',
    text: `select r.*, f.patient as of_patient from consent_filing f
           join consent_rule r on r.tenant = f.tenant and r.consent = f.consent
           where f.tenant = $1 and f.patient = any($2)`,
    values: [context.tenant, patients],
  });
  const rules = RULE_ROWS.parse(rows);
  const moved = rules.flatMap((rule, at): readonly { readonly was: string; readonly row: RuleRow }[] => {
    checkRule(context.mac, rule);
    const patient = String(rows[at]?.of_patient);
    const row = { ...rule, person: persons.get(patient) ?? nobodyOf(patient) };
    return row.person === rule.person
      ? []
      : [{ was: rule.person, row: { ...row, mac: context.mac.of('consent_rule', row) } }];
  });
  await updateRows(
    client,
    RULE_PERSONS,
    ['tenant', 'consent', 'ordinal'],
    moved.map(({ row }) => row),
  );
  await insertRuleActors(
    client,
    moved.map(({ row }) => row),
  );
  return moved.flatMap(({ was, row }) => [was, row.person]);
}

async function haveConsents(
  client: ClientBase,
  context: ApplyContext,
  patients: readonly string[],
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'consents of patients',
    text: 'select from consent_filing where tenant = $1 and patient = any($2) limit 1',
    values: [context.tenant, patients],
  });
  return rowCount !== 0;
}
