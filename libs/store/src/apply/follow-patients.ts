import type { ClientBase } from 'pg';
import { uuidv5 } from '#digest';
import { updateRows, type Table } from '../insert-rows.js';
import { lockCheckpoint } from '../projection/checkpoint.js';
import {
  checkFilingDigest,
  FILING_DIGEST_COLUMNS,
  FILING_ROWS,
  type FilingRow,
} from '../projection/filing-row.js';
import { readRules } from '../projection/restand.js';
import type { RuleRow } from '../projection/rule-row.js';
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
  const filings = patients.length === 0 ? [] : await filingsOf(client, context, patients);
  if (filings.length === 0) {
    return [];
  }
  // Whoever judges standings meanwhile writes the same rows.
  await lockCheckpoint(client, context.tenant);
  const patientOf = new Map(filings.map(({ consent, patient }) => [consent, patient]));
  const rules = await readRules(client, context, [...patientOf.keys()]);
  const moved = rules.flatMap((rule): readonly { readonly was: string; readonly row: RuleRow }[] => {
    const patient = patientOf.get(rule.consent);
    const person = patient === undefined ? rule.person : (persons.get(patient) ?? nobodyOf(patient));
    const row = { ...rule, person };
    return person === rule.person
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

/** The Consents that name one of the patients, each checked: the rules that it gives get a MAC that says whom they bind. */
async function filingsOf(
  client: ClientBase,
  context: ApplyContext,
  patients: readonly string[],
): Promise<readonly FilingRow[]> {
  const { rows } = await client.query({
    name: 'consents of patients',
    text: `select ${FILING_DIGEST_COLUMNS} from consent_filing f where f.tenant = $1 and f.patient = any($2)`,
    values: [context.tenant, patients],
  });
  const filings = FILING_ROWS.parse(rows);
  for (const filing of filings) {
    checkFilingDigest(context.mac, filing);
  }
  return filings;
}
