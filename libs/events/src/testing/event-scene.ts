import { createPublicKey } from 'node:crypto';
import {
  buildRecord,
  checkpointSigner,
  decodeEntry,
  hashLeaf,
  noteKeyOf,
  openFittingPart,
  type OpenedRecord,
  type Policy,
  rawPublicKey,
  recordSigner,
  type SealableRecord,
  SIGNATURE_TYPE,
  signCheckpoint,
  type SubjectDraft,
  writeCheckpointText,
} from '#provenance';
import { sampleKey, sampleRandom } from '../../../provenance/src/testing/sample-log.js';
import { treeOf } from '../../../provenance/src/testing/tile-memory.js';
import type { EventTrust } from '../check-event.js';
import type { EventNames } from '../events-of-record.js';
import { parseTilePath } from '#provenance';

/** The log of the scene. */
export const ORIGIN = 'proviso.example/log/default';
/** Signs events. */
export const EVENTS_KEY = sampleKey('events');

const LOG_KEY = sampleKey('log');
const GATEWAY_KEY = sampleKey('gateway');

/** Whom a consumer of the scene trusts. */
export const POLICY: Policy = {
  logs: [{ key: noteKeyOf(ORIGIN, SIGNATURE_TYPE.ed25519, createPublicKey(LOG_KEY)), fromSize: 0n }],
  witnesses: [],
  groups: [],
  quorum: 'none',
  gateways: [{ name: 'g1', publicKey: rawPublicKey(createPublicKey(GATEWAY_KEY)) }],
  chains: [],
};
export const TRUST: EventTrust = {
  publishers: [createPublicKey(EVENTS_KEY)],
  origin: ORIGIN,
  policy: POLICY,
};
export const NAMES: EventNames = { origin: ORIGIN, subjectKey: (person) => `key-of-${person}` };

/** What a record of the scene is about. */
export interface Told {
  readonly class: number;
  readonly interaction?: string;
  readonly outcome?: string;
  /** One sub-entry each: whose, and which resources. `null`: nobody. */
  readonly about: readonly { readonly person: string | null; readonly resources: readonly string[] }[];
}

/** A log in memory whose records, keys and salts are the same each time. */
export class EventScene {
  readonly records: OpenedRecord[] = [];
  readonly #leaves: Uint8Array[] = [];

  /** Appends a record. @param erased positions of sub-entries whose key is destroyed */
  tell(told: Told, erased: readonly number[] = []): OpenedRecord {
    const index = this.records.length;
    const built = buildRecord(
      recordOf(told, index),
      { gateway: 'g1', gatewaySeq: BigInt(index + 1), subjectSeqs: told.about.map(() => BigInt(index)) },
      sampleRandom(`event ${index}`),
      recordSigner(GATEWAY_KEY, ORIGIN),
    );
    const lost = erased.map((position) => `sub:${position}`);
    const entry = decodeEntry(built.entry);
    const opened = built.parts.flatMap(({ part, plain }) => {
      const isRead = part === 'op' || part.startsWith('sub:');
      if (entry === undefined || !isRead || lost.includes(part)) return [];
      return openFittingPart(entry, part, plain) ?? [];
    });
    const rest = {
      index: BigInt(index),
      entry: built.entry,
      groups: opened.flatMap(({ groups }) => groups),
      subEntries: opened.flatMap(({ subEntries }) => subEntries),
    };
    const record: OpenedRecord =
      lost.length === 0 ? { kind: 'opened', ...rest } : { kind: 'erased', lost, ...rest };
    this.#leaves.push(hashLeaf(built.entry));
    this.records.push(record);
    return record;
  }

  /** The public side of the log, as its gateway serves it. */
  readonly fetch = async (path: string): Promise<Uint8Array> => {
    await Promise.resolve();
    if (path === 'checkpoint') return Buffer.from(this.checkpoint());
    const { level, index, width } = parseTilePath(path);
    return Buffer.concat(treeOf(this.#leaves).read(Number(level), index, width));
  };

  checkpoint(): string {
    const size = BigInt(this.#leaves.length);
    const head = { origin: ORIGIN, size, root: treeOf(this.#leaves).root(size) };
    return signCheckpoint(
      writeCheckpointText(head),
      [checkpointSigner(ORIGIN, SIGNATURE_TYPE.ed25519, LOG_KEY)],
      0n,
    );
  }
}

function recordOf(told: Told, index: number): SealableRecord {
  const two = String(index).padStart(12, '0');
  const record: SealableRecord = {
    class: 1,
    op: {
      id: `019b0000-0000-7000-8000-${two}`,
      time: '2026-11-18T10:00:00.000Z',
      phase: 'single',
      interaction: told.interaction ?? 'intake',
      outcome: told.outcome ?? 'success',
      status: 200,
      block: null,
    },
    actor: {
      client: 'app-1',
      user: null,
      organization: null,
      roles: [],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: 'GET',
      path: '/fhir',
      parameters: new Uint8Array(),
      requestId: `r${index}`,
      intent: null,
    },
    subjects: told.about.map(subjectOf),
  };
  // classes that nobody knows have no word of the type
  Reflect.set(record, 'class', told.class);
  return record;
}

function subjectOf({ person, resources }: Told['about'][number]): SubjectDraft {
  return {
    person: person ?? undefined,
    patient: null,
    binding: null,
    content: resources.map((name) => {
      const [type = '', id = '', versionId = ''] = name.split('/');
      return { type, id, versionId, canon: Buffer.alloc(32, 7) };
    }),
    wire: undefined,
    upstream: [],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links: {},
  };
}
