import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { prepareVersion } from '../prepare-version.js';
import { RowMac } from '../row-mac.js';

/** Keys of one log and one gateway, as a keyring would give them. */
export interface LogKeys {
  readonly origin: string;
  readonly signer: ReturnType<typeof recordSigner>;
  readonly signCheckpoint: (head: TreeHead) => string;
  readonly rootKey: Uint8Array;
  readonly storeMac: Uint8Array;
  readonly mac: RowMac;
  /** What verifies the log. */
  readonly policy: Policy;
}

export function makeLogKeys(origin = 'proviso.localhost/log/default'): LogKeys {
  const gateway = generateKeyPairSync('ed25519');
  const log = generateKeyPairSync('ed25519');
  const storeMac = randomBytes(32);
  const signers = [checkpointSigner(origin, SIGNATURE_TYPE.ed25519, log.privateKey)];
  return {
    origin,
    signer: recordSigner(gateway.privateKey, origin),
    signCheckpoint: (head) => signCheckpoint(writeCheckpointText(head), signers, 0n),
    rootKey: randomBytes(32),
    storeMac,
    mac: new RowMac(storeMac),
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
    patient: null,
    binding: null,
    content: [],
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

/** An item that stores a new version of an Observation of a person, linked to her where she is new. */
export function makeWrite(
  of: { readonly person: string; readonly patient: string; readonly id: string; readonly linked?: boolean },
  value = 1,
): AppendItem<RowChange> {
  const version = prepareVersion(
    {
      resourceType: 'Observation',
      id: of.id,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: `Patient/${of.patient}` },
      effectiveDateTime: '2026-01-02T03:04:05Z',
      valueInteger: value,
    },
    { source: 'northside', versionId: randomBytes(12).toString('base64url'), lastUpdatedMs: Date.now() },
  );
  const { type, id, versionId, canon } = version;
  const subject = {
    ...makeSubject(of.person),
    patient: of.patient,
    content: [{ type, id, versionId, canon }],
  };
  const { person, patient } = of;
  const link: RowChange = { kind: 'link', patient, person, grade: 'certain', atMs: Date.now() };
  return {
    record: { ...makeRecord([subject]), class: ENTRY_CLASS.intake },
    writes: [...(of.linked === true ? [] : [link]), { kind: 'version', version }],
  };
}

/** An item without row changes. */
export function makeItem(subjects?: readonly SubjectDraft[]): AppendItem<RowChange> {
  return { record: makeRecord(subjects), writes: [] };
}

/** An empty folder that nobody else uses. */
export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'proviso-log-'));
}
