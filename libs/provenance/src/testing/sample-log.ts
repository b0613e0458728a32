import { createPrivateKey, type KeyObject } from 'node:crypto';
import { sha256, toHex } from '#digest';
import { buildRecord, type Assigned, type BuiltRecord } from '../build-record.js';
import { writeCheckpointText } from '../checkpoint.js';
import { erasedTree } from '../erased-tree.js';
import { checkpointSigner, signCheckpoint } from '../note-signature.js';
import type { Policy } from '../policy.js';
import { ENTRY_CLASS, type ActorGroup, type SealableRecord, type SubjectDraft } from '../record.js';
import { rawPublicKey, recordSigner } from '../record-signer.js';
import { SIGNATURE_TYPE } from '../vkey.js';
import { treeOf, type TileMemory } from './tile-memory.js';

/** The log of the samples. */
export const SAMPLE_ORIGIN = 'proviso.example/log/default';
/** Time of the samples' checkpoint, POSIX seconds. */
export const SAMPLE_TIME_S = 1_795_000_000n;

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const CONTRACT = `0x${'c0'.repeat(20)}`;

/** An Ed25519 private key from a seed; the samples' seeds are SHA-256 of a label. */
export function sampleKey(label: string): KeyObject {
  const key = Buffer.concat([PKCS8_ED25519, sha256(`proviso sample key ${label}`)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** Bytes that look random and are the same each time. */
export function sampleRandom(label: string): (bytes: number) => Uint8Array {
  return (bytes) => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
      sha256(`proviso sample ${label} ${i}`),
    );
    return Buffer.concat(blocks).subarray(0, bytes);
  };
}

/** The resource and the body of the sample access. */
export const SAMPLE_RESOURCE =
  '{"resourceType":"Observation","id":"o1","status":"final","valueQuantity":{"value":1.10,"unit":"mmol/L"}}';
export const SAMPLE_WIRE: Uint8Array = Buffer.from(SAMPLE_RESOURCE);
/** Its canonical form (RFC 8785), written by hand. */
const SAMPLE_CANON =
  '{"id":"o1","resourceType":"Observation","status":"final","valueQuantity":{"unit":"mmol/L","value":1.1}}';

const ACTOR: ActorGroup = {
  client: 'app-1',
  user: 'practitioner-7',
  organization: 'org-3',
  roles: ['practitioner'],
  purpose: 'TREAT',
  tokenHash: 'aa'.repeat(32),
  thumbprint: null,
};

/** A sample record and what it was built with. */
export interface Sample {
  readonly name: string;
  readonly record: SealableRecord;
  readonly assigned: Assigned;
  readonly built: BuiltRecord;
}

/** A log of five records. */
export interface SampleLog {
  readonly samples: readonly Sample[];
  readonly tree: TileMemory;
  /** Of all records. */
  readonly checkpoint: string;
  checkpointAt(this: void, size: bigint): string;
  readonly policy: Policy;
}

function op(id: number, outcome: string, status: number): SealableRecord['op'] {
  return {
    id: `019b0000-0000-7000-8000-00000000000${id}`,
    time: `2026-11-18T10:00:0${id}.000Z`,
    phase: 'single',
    interaction: 'read',
    outcome,
    status,
    block: { number: '4711', hash: `0x${'b1'.repeat(32)}` },
  };
}

function request(path: string): SealableRecord['request'] {
  return {
    method: 'GET',
    path,
    parameters: Buffer.from('_format=json'),
    requestId: `request-${path.length}`,
    intent: null,
  };
}

function subject(person: string, binding: string, extra: Partial<SubjectDraft> = {}): SubjectDraft {
  return {
    person,
    patient: `Patient/${person}`,
    binding,
    content: [],
    wire: undefined,
    upstream: [],
    decision: {
      effect: 'permit',
      code: null,
      basis: [
        {
          kind: 'consent',
          consent: 'consent-1',
          chainId: '31337',
          contract: CONTRACT,
          subject: `0x${'55'.repeat(32)}`,
          grantId: `0x${'66'.repeat(32)}`,
          version: 1,
          binding,
        },
      ],
      obligations: ['notify'],
    },
    links: {},
    ...extra,
  };
}

function bindingRecord(): SealableRecord {
  const decision: SubjectDraft['decision'] = { effect: 'permit', code: null, basis: [], obligations: [] };
  const own = subject('person-1', '', { binding: null, decision });
  return {
    class: ENTRY_CLASS.binding,
    op: op(1, 'bound', 201),
    actor: ACTOR,
    request: request('/bind'),
    subjects: [own],
  };
}

function accessRecord(binding: string): SealableRecord {
  const second: SubjectDraft['content'] = ['p', 'q', 'r'].map((id) => ({
    type: 'Condition',
    id,
    versionId: '0123456789abcdef',
    canon: sha256(`canon of ${id}`),
  }));
  const first: SubjectDraft['content'] = [
    { type: 'Observation', id: 'o1', versionId: 'abcdefghijklmnop', canon: sha256(SAMPLE_CANON) },
  ];
  return {
    class: ENTRY_CLASS.access,
    op: op(2, 'served', 200),
    actor: ACTOR,
    request: request('/Observation/{id}'),
    subjects: [
      subject('person-1', binding, {
        content: first,
        wire: SAMPLE_WIRE,
        links: { auditEvent: 'AuditEvent/a1' },
      }),
      subject('person-2', binding, { content: second, upstream: [toHex(sha256('upstream message'))] }),
    ],
  };
}

function refusalRecord(): SealableRecord {
  const decision: SubjectDraft['decision'] = {
    effect: 'refusal',
    code: 'consent-denied',
    basis: [{ kind: 'policy', policy: 'default-deny', digest: 'd0'.repeat(32) }],
    obligations: [],
  };
  const refused = subject('person-2', '', { binding: null, decision });
  return {
    class: ENTRY_CLASS.access,
    op: op(3, 'refused', 403),
    actor: { ...ACTOR, user: null },
    request: request('/Patient/{id}'),
    subjects: [refused],
  };
}

function nobodyRecord(): SealableRecord {
  return {
    class: ENTRY_CLASS.configuration,
    op: { ...op(4, 'changed', 200), block: null },
    actor: { ...ACTOR, roles: ['administrator'], purpose: null },
    request: request('/policy'),
    subjects: [],
  };
}

function erasureRecord(): SealableRecord {
  const { count, root } = erasedTree([1n, 2n]);
  return {
    class: ENTRY_CLASS.erasure,
    op: { ...op(5, 'erased', 200), erased: { count, root: toHex(root) } },
    actor: ACTOR,
    request: request('/erase'),
    subjects: [],
  };
}

const logSigner = checkpointSigner(SAMPLE_ORIGIN, SIGNATURE_TYPE.ed25519, sampleKey('log'));
const witness = checkpointSigner(
  'witness.example/w1',
  SIGNATURE_TYPE.ed25519Cosignature,
  sampleKey('witness'),
);

/** Builds the sample log: a binding, an access to two people, a refusal, a record of nobody, an erasure notice. */
export function sampleLog(): SampleLog {
  const binding = sample('binding', bindingRecord(), 1n);
  const samples = [
    binding,
    sample('access', accessRecord(toHex(binding.built.leaf)), 2n),
    sample('refusal', refusalRecord(), 3n),
    sample('nobody', nobodyRecord(), 4n),
    sample('erasure', erasureRecord(), 2n ** 60n),
  ];
  const tree = treeOf(samples.map(({ built }) => built.leaf));
  const checkpointAt = (size: bigint): string => {
    const text = writeCheckpointText({ origin: SAMPLE_ORIGIN, size, root: tree.root(size) });
    return signCheckpoint(text, [logSigner, witness], SAMPLE_TIME_S);
  };
  const checkpoint = checkpointAt(BigInt(samples.length));
  return { samples, tree, checkpoint, checkpointAt, policy: samplePolicy() };
}

function sample(name: string, record: SealableRecord, gatewaySeq: bigint): Sample {
  const subjectSeqs = record.subjects.map((_, j) => BigInt(j + 1));
  const assigned = { gateway: 'gateway-1', gatewaySeq, subjectSeqs };
  const signer = recordSigner(sampleKey('gateway'), SAMPLE_ORIGIN);
  return { name, record, assigned, built: buildRecord(record, assigned, sampleRandom(name), signer) };
}

function samplePolicy(): Policy {
  return {
    logs: [{ key: logSigner.key, fromSize: 0n }],
    witnesses: [{ name: 'w1', key: witness.key }],
    groups: [],
    quorum: 'w1',
    gateways: [{ name: 'gateway-1', publicKey: rawPublicKey(sampleKey('gateway')) }],
    chains: [
      {
        id: '31337',
        genesis: `0x${'9e'.repeat(32)}`,
        development: false,
        contracts: [{ address: CONTRACT, codeHash: `0x${'cd'.repeat(32)}` }],
      },
    ],
    stalenessS: 600,
  };
}
