import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { uuidv7 } from '#digest';
import {
  type AppendItem,
  checkpointSigner,
  ENTRY_CLASS,
  noteKeyOf,
  type Policy,
  rawPublicKey,
  recordSigner,
  type SealableRecord,
  SIGNATURE_TYPE,
  signCheckpoint,
  type SubjectDraft,
  type TreeHead,
  writeCheckpointText,
} from '#provenance';
import type { RowChange } from '../change.js';

/** Keys of one log and one gateway, as a keyring would give them. */
export interface LogKeys {
  readonly origin: string;
  readonly signer: ReturnType<typeof recordSigner>;
  readonly signCheckpoint: (head: TreeHead) => string;
  readonly rootKey: Uint8Array;
  /** What verifies the log. */
  readonly policy: Policy;
}

export function makeLogKeys(origin = 'proviso.localhost/log/default'): LogKeys {
  const gateway = generateKeyPairSync('ed25519');
  const log = generateKeyPairSync('ed25519');
  const signers = [checkpointSigner(origin, SIGNATURE_TYPE.ed25519, log.privateKey)];
  return {
    origin,
    signer: recordSigner(gateway.privateKey, origin),
    signCheckpoint: (head) => signCheckpoint(writeCheckpointText(head), signers, 0n),
    rootKey: randomBytes(32),
    policy: {
      logs: [{ key: noteKeyOf(origin, SIGNATURE_TYPE.ed25519, log.publicKey), fromSize: 0n }],
      witnesses: [],
      groups: [],
      quorum: 'none',
      gateways: [{ name: 'g1', publicKey: rawPublicKey(gateway.publicKey) }],
      chains: [],
    },
  };
}

/** A sub-entry about one Observation of a person. */
export function makeSubject(person: string | undefined = randomUUID()): SubjectDraft {
  return {
    person,
    patient: randomUUID(),
    binding: null,
    content: [
      { type: 'Observation', id: randomUUID(), versionId: 'aBcDeFgHiJkLmNoP', canon: randomBytes(32) },
    ],
    wire: Buffer.from('{"resourceType":"Observation"}'),
    upstream: [],
    decision: {
      effect: 'permit',
      code: null,
      basis: [{ kind: 'policy', policy: 'own-access', digest: 'ab'.repeat(32) }],
      obligations: [],
    },
    links: {},
  };
}

/** A record of one access, about one new person unless told otherwise. */
export function makeRecord(subjects: readonly SubjectDraft[] = [makeSubject()]): SealableRecord {
  const now = Date.now();
  const id = uuidv7(now, randomBytes(10));
  return {
    class: ENTRY_CLASS.access,
    op: {
      id,
      time: new Date(now).toISOString(),
      phase: 'single',
      interaction: 'read',
      outcome: 'success',
      status: 200,
      block: { number: '7', hash: `0x${'cd'.repeat(32)}` },
    },
    actor: {
      client: 'app-1',
      user: null,
      organization: null,
      roles: [],
      purpose: 'TREAT',
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: 'GET',
      path: '/fhir/R4/Observation/{id}',
      parameters: new Uint8Array(),
      requestId: id,
      intent: null,
    },
    subjects,
  };
}

/** An item without row changes. */
export function makeItem(subjects?: readonly SubjectDraft[]): AppendItem<RowChange> {
  return { record: makeRecord(subjects), writes: [] };
}
