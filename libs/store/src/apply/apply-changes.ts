import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import type { ApplyContext } from './apply-context.js';
import { applyBindings } from './bindings.js';
import { applyFilings } from './filings.js';
import { isKind } from './is-kind.js';
import { applyLatches } from './latches.js';
import { applyIdentities } from './identities.js';
import { bumpPersons, checkOrderOfRules, checkRules } from './persons.js';
import { applyRefreshed, applySourcePatients } from './source-patients.js';
import { applyResources } from './resources.js';
import { applyWaiting } from './waiting.js';

/** The row changes of one record. */
export interface ChangeItem {
  /** The record's id (UUIDv7): rows name the record that explains them. */
  readonly recordId: string;
  readonly writes: readonly RowChange[];
}

/**
 * Writes all row changes of a batch of records, a few statements for the whole batch. MUST be called inside the
 * transaction that appends the records, before it takes the subjects' counters and the log's head; it takes what links were
 * judged by, the links, the projection's checkpoint (links of patients with Consents, filings, latches) and the persons'
 * versions, in this order. Reads are made with a pool of `openPool`.
 * @throws `version-conflict` where the rows do not allow a change (a second person for a patient, a grant filed twice, a
 * version that follows another than the one that is there, a write judged by rules that a record before it changes): the
 * caller rolls back, and tries the items one by one, or without those that `RefusedRecords` names.
 */
export async function applyChanges(
  client: ClientBase,
  context: ApplyContext,
  items: readonly ChangeItem[],
): Promise<void> {
  const changes = items.flatMap(({ recordId, writes }) => writes.map((write) => ({ ...write, recordId })));
  await applyResources(client, context, changes.filter(isKind('version', 'event')));
  const filings = changes.filter(isKind('filing'));
  const linked = await applyIdentities(
    client,
    context,
    changes.filter(isKind('seen', 'link', 'unlink', 'apart')),
    filings.map(({ filing }) => filing),
  );
  const bound = await applyBindings(client, context, changes.filter(isKind('binding')));
  const filed = await applyFilings(client, context, filings);
  const latched = await applyLatches(client, context, changes.filter(isKind('latch')));
  await applySourcePatients(client, context, changes.filter(isKind('source-patient')));
  await applyRefreshed(client, context, changes.filter(isKind('refreshed')));
  await applyWaiting(client, context, changes);
  const changed = [...linked, ...bound, ...filed, ...latched];
  checkOrderOfRules(changes, changed);
  await checkRules(client, context, changes.filter(isKind('rules-seen')));
  await bumpPersons(client, context, changed);
}
