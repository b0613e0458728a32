import { randomUUID } from 'node:crypto';
import { sha256, type JsonObject } from '#digest';
import { resourceIdOf } from '#normalize';
import type { SealableRecord } from '#provenance';
import { makeRecord } from '../../../../../libs/store/src/testing/log-fixture.js';
import { decisionTo } from '../../../../../test/ehr/write-permits.js';
import type { WriteCame } from '../write-port.js';
import type { VendorWrite } from '../write-through.js';

export const SOURCE = 'north';
/** The one patient of the source, as it calls her. */
export const SOURCE_PATIENT = 'n-1';
/** Our id of her. */
export const PATIENT = resourceIdOf(SOURCE, 'Patient', SOURCE_PATIENT);

/** A Condition of the patient, in our ids. */
export function condition(text: string, change: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Condition',
    code: { text },
    subject: { reference: `Patient/${PATIENT}` },
    ...change,
  };
}

/** What came of each try, as the records of a write heard it. */
export interface Told {
  readonly came: WriteCame[];
  readonly leaves: string[];
}

/** A create of a Condition by a client that sends a key. */
export function creation(
  told: Told = { came: [], leaves: [] },
  change: Partial<VendorWrite> = {},
): VendorWrite {
  const resource = change.resource ?? condition('Gout');
  return {
    permit: decisionTo(change.interaction === undefined ? 'create' : 'update'),
    source: SOURCE,
    interaction: 'create',
    type: 'Condition',
    id: undefined,
    patient: PATIENT,
    resource,
    client: 'app',
    judgedBy: [],
    clientKey: randomUUID(),
    request: sha256(JSON.stringify(resource)),
    story: {
      intent: () => Promise.resolve(recordOf('intent', null)),
      outcome: (came, leaf) => {
        told.came.push(came);
        told.leaves.push(leaf);
        return recordOf('outcome', leaf);
      },
    },
    ...change,
  };
}

function recordOf(phase: 'intent' | 'outcome', intent: string | null): SealableRecord {
  const record = makeRecord([]);
  return { ...record, op: { ...record.op, phase }, request: { ...record.request, intent } };
}
