import type { ClientBase } from 'pg';
import { ALWAYS, rulesOf, UNREADABLE, type Rule } from '#consent';
import { GatewayError } from '#outcome';
import type { FilingWrite, RowChange } from '../change.js';
import { insertRows } from '../insert-rows.js';
import { lockCheckpoint, nextPosition } from '../projection/checkpoint.js';
import { filingMac, FILINGS, type FilingRow } from '../projection/filing-row.js';
import { restand } from '../projection/restand.js';
import { ruleRow, RULES, type RuleRow } from '../projection/rule-row.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { personsNow } from './links.js';
import { insertRuleActors } from './rule-actors.js';

/**
 * Writes filed Consents and their rules, which follow from the signed bytes, and judges them by the chain as it is
 * now: the word may have come before the filing. The rules bind the person of the patient whom the Consent names.
 * @returns the persons.
 * @throws `version-conflict` where this version of the grant, or this Consent, is filed already.
 */
export async function applyFilings(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Extract<RowChange, { kind: 'filing' }>>[],
): Promise<readonly string[]> {
  if (changes.length === 0) {
    return [];
  }
  // Links before the checkpoint, as whoever changes links takes them.
  const persons = await personsNow(
    client,
    context,
    changes.map(({ filing }) => filing),
  );
  const checkpoint = await lockCheckpoint(client, context.tenant);
  await insertFilings(
    client,
    changes.map(({ filing, recordId }) => filingRow(context, filing, recordId)),
  );
  const rules = changes.flatMap(({ filing }) => ruleRows(context, filing, persons(filing)));
  await insertRows(client, RULES, rules);
  await insertRuleActors(client, rules);
  await restand(
    client,
    context,
    changes.map(({ filing }) => filing.subject),
    { confirmed: checkpoint?.confirmed ?? -1n, position: await nextPosition(client, context.tenant) },
  );
  return changes.map(({ filing }) => persons(filing));
}

async function insertFilings(client: ClientBase, rows: readonly FilingRow[]): Promise<void> {
  const { rowCount } = await client.query({
    name: 'filed already',
    text: `select from unnest($2::text[], $3::text[], $4::text[], $5::int[]) as u(consent, subject, grant_id, version)
           where exists (select from consent_filing f where f.tenant = $1 and f.consent = u.consent)
           or exists (select from consent_filing f where f.tenant = $1 and f.subject = u.subject
             and f.grant_id = u.grant_id and f.version = u.version)`,
    values: [
      rows[0]?.tenant,
      rows.map(({ consent }) => consent),
      rows.map(({ subject }) => subject),
      rows.map(({ grant_id }) => grant_id),
      rows.map(({ version }) => version),
    ],
  });
  if (rowCount !== 0) {
    throw new GatewayError('version-conflict', { details: 'This version of the grant is filed already.' });
  }
  await insertRows(client, FILINGS, rows);
}

function filingRow(context: ApplyContext, filing: FilingWrite, recordId: string): FilingRow {
  const row = {
    tenant: context.tenant,
    consent: filing.consent,
    person: filing.person,
    patient: filing.patient,
    chain_id: filing.chainId,
    contract: filing.contract,
    subject: filing.subject,
    grant_id: filing.grantId,
    version: filing.version,
    kind: filing.kind,
    bytes: filing.bytes,
    terms: JSON.stringify(filing.terms, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
    commitment: filing.commitment,
    binding: filing.binding,
    record_id: recordId,
  };
  return { ...row, mac: filingMac(context.mac, row) };
}

/** What cannot be read denies, whatever the grant's kind: as a deny it holds without a word on chain. */
function ruleRows(context: ApplyContext, filing: FilingWrite, person: string): readonly RuleRow[] {
  const rules: readonly Rule[] = rulesOf(filing, ALWAYS);
  const kind = rules === UNREADABLE ? 'deny' : filing.kind;
  const at = { tenant: context.tenant, consent: filing.consent, person, kind };
  return rules.map((rule) => {
    const row = ruleRow(at, rule);
    return { ...row, mac: context.mac.of('consent_rule', row) };
  });
}
