import { permitWrite, type ServePermit } from '#consent';
import type { SourceChange, SourceHeld, SourceWritten } from '#ehr';
import { GatewayError, type ErrorCode } from '#outcome';
import type { AppendItem, LogStore, SealableRecord, Seal } from '#provenance';
import type { KeyedWrite, KeyedWriteStore, KeyStanding, RowChange, RulesSeen, Settlement } from '#store';
import type { OpenSource } from '../open-sources.js';
import { endOf } from './end-of.js';
import { methodOf, vendorChange, type OwnChange } from './vendor-change.js';
import type { Settling, WriteCame } from './write-port.js';

const MS_PER_DAY = 86_400_000;

/** Records of one write: who asked for it and why it is permitted is the caller's to say. */
export interface WriteStory {
  /** The record of phase `intent`. */
  intent(): Promise<SealableRecord>;
  /** The record of phase `outcome`, made anew for each try. @param leaf of the intent, hexadecimal */
  outcome(came: WriteCame, leaf: string): SealableRecord;
}

/** A write that its source must take. */
export interface VendorWrite extends Omit<OwnChange, 'key' | 'sourcePatient'> {
  /** The decision to write. */
  readonly permit: ServePermit;
  /** Versions of the persons' rules that the decision was made by. */
  readonly judgedBy: RulesSeen['persons'];
  readonly source: string;
  readonly client: string;
  /** The client's Idempotency-Key, if it gave one. */
  readonly clientKey: string | undefined;
  /** SHA-256 of the request. */
  readonly request: Uint8Array;
  readonly story: WriteStory;
}

/** What a client is told of. */
export type WriteEnd =
  /** `reference`: the opaque key of the write. */
  | { readonly kind: 'sealed'; readonly came: WriteCame; readonly seal: Seal; readonly reference: string }
  /** The key stands for this very request, which was made before. */
  | { readonly kind: 'again'; readonly write: KeyedWrite }
  /** The key stands for another request. */
  | { readonly kind: 'other-request' };

/** What writing through is made of. */
export interface WriteThroughParts {
  readonly sources: readonly OpenSource[];
  readonly patients: {
    sourceIdsOf(
      patients: readonly string[],
    ): Promise<readonly { readonly source: string; readonly sourceId: string }[]>;
  };
  readonly writes: KeyedWriteStore;
  readonly intake: Settling;
  readonly log: Pick<LogStore<RowChange>, 'append'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** A new UUIDv7. */
  readonly newId: (nowMs: number) => string;
  readonly keyDays: number;
}

/**
 * Writes to sources that own what is written: the intent is sealed first, then the source is asked, once, then what came of it
 * is sealed, together with the version that the source holds now. A retry under the same key never writes a second time.
 */
export class WriteThrough {
  readonly #parts: WriteThroughParts;

  constructor(parts: WriteThroughParts) {
    this.#parts = parts;
  }

  /** Whether a source takes such writes. */
  takes(source: string, type: string, interaction: OwnChange['interaction']): boolean {
    return this.#open(source)?.source.writes(type, methodOf(interaction)) === true;
  }

  /** The one source that has a patient and takes what is created of her; `undefined` where there is none, or several. */
  async takerOf(patient: string, type: string): Promise<string | undefined> {
    const known = await this.#parts.patients.sourceIdsOf([patient]);
    const takers = new Set(known.map(({ source }) => source).filter((id) => this.takes(id, type, 'create')));
    return takers.size === 1 ? [...takers][0] : undefined;
  }

  /** What is known of a client's key. @throws `too-many-requests` where it is new and the client has too many */
  standing(client: string, key: string, request: Uint8Array): Promise<KeyStanding> {
    return this.#parts.writes.standing({ client, key, request, nowMs: this.#parts.clock() });
  }

  /**
   * @throws GatewayError before anything is sealed: what `vendorChange` throws, `too-many-requests` for too many keys, `version-conflict`
   *   (`RULES_CHANGED`) where the decision was made by rules that changed;
   *   `seal-unavailable` where intent or outcome cannot be sealed: then the write stays open, and is looked up later
   */
  async write(asked: VendorWrite): Promise<WriteEnd> {
    const { writes, clock } = this.#parts;
    const nowMs = clock();
    const { client, clientKey, request } = asked;
    const standing =
      clientKey === undefined
        ? ({ kind: 'free', id: undefined } as const)
        : await writes.standing({ client, key: clientKey, request, nowMs });
    if (standing.kind === 'other-request') return standing;
    if (standing.kind === 'taken') return { kind: 'again', write: standing.write };
    const key = standing.id ?? this.#parts.newId(nowMs);
    const open = this.#open(asked.source);
    if (open === undefined) throw new GatewayError('internal', { details: 'no such source' });
    const sourcePatient = await this.#sourcePatient(asked);
    const change = await vendorChange(open, { ...asked, sourcePatient, key });
    const begun = await this.#begin(asked, change);
    return begun === undefined ? this.#again(asked, clock()) : this.#send(open, asked, change, begun);
  }

  /** The intent's leaf; `undefined` where somebody else began the same meanwhile. */
  async #begin(asked: VendorWrite, change: SourceChange): Promise<string | undefined> {
    const { log, writes, keyDays, clock } = this.#parts;
    const { client, clientKey, request, interaction, source, type, id, patient } = asked;
    const record = await asked.story.intent();
    // Its age counts from here: what was pulled before it took time, in which nothing could be written.
    const nowMs = clock();
    const write = {
      id: change.key,
      client,
      key: writes.keyDigest(client, clientKey ?? change.key),
      request,
      interaction,
      target: { source, type, id, patient, sourceId: change.id, sourceVersion: change.version },
      openedMs: nowMs,
      expiresMs: nowMs + keyDays * MS_PER_DAY,
    };
    try {
      const [seal] = await log.append([
        {
          record,
          writes: [
            { kind: 'rules-seen', persons: asked.judgedBy },
            { kind: 'keyed-write', write },
          ],
        },
      ]);
      if (seal === undefined) throw new GatewayError('seal-unavailable');
      return Buffer.from(seal.leaf).toString('hex');
    } catch (error) {
      if (isConflict(error, 'idempotency-key')) return undefined;
      throw error;
    }
  }

  async #send(open: OpenSource, asked: VendorWrite, change: SourceChange, leaf: string): Promise<WriteEnd> {
    const written = await open.source.write(permitWrite(asked.permit, open.permit), change);
    const reference = change.key;
    try {
      const { came, seal } =
        written.kind === 'done'
          ? await this.#settled(open, asked, { change, held: written.held, leaf })
          : await this.#ended(asked, { came: cameOf(written), leaf, reference });
      return { kind: 'sealed', came, seal, reference };
    } catch (error) {
      // It was found out by looking it up, before the source's answer came here.
      if (isConflict(error, 'keyed-write')) return this.#againById(reference);
      throw error;
    }
  }

  /** Row, version and outcome in one append. */
  async #settled(
    open: OpenSource,
    asked: VendorWrite,
    at: { readonly change: SourceChange; readonly held: SourceHeld; readonly leaf: string },
  ): Promise<{ readonly came: WriteCame; readonly seal: Seal }> {
    const { change, held, leaf } = at;
    const delivery = open.through.deliveryAfter(change.type, change.patient ?? '', held);
    let came: WriteCame = { kind: 'refused', code: 'source-invalid' };
    const item = (settlement: Settlement): AppendItem<RowChange> => {
      came = doneOf(settlement);
      return this.#endItem(asked, came, leaf, change.key);
    };
    const seal = await this.#parts.intake.settle(open.permit, delivery, item);
    return { came, seal };
  }

  async #ended(
    asked: VendorWrite,
    {
      came,
      leaf,
      reference,
    }: { readonly came: WriteCame; readonly leaf: string; readonly reference: string },
  ): Promise<{ readonly came: WriteCame; readonly seal: Seal }> {
    const [seal] = await this.#parts.log.append([this.#endItem(asked, came, leaf, reference)]);
    if (seal === undefined) throw new GatewayError('seal-unavailable');
    return { came, seal };
  }

  #endItem(asked: VendorWrite, came: WriteCame, leaf: string, id: string): AppendItem<RowChange> {
    return {
      record: asked.story.outcome(came, leaf),
      writes: [endOf(id, asked.interaction, came, this.#parts.clock())],
    };
  }

  /** What became of a key that somebody else took meanwhile. */
  async #again({ client, clientKey, request }: VendorWrite, nowMs: number): Promise<WriteEnd> {
    const standing = await this.#parts.writes.standing({ client, key: clientKey ?? '', request, nowMs });
    if (standing.kind === 'other-request') return standing;
    if (standing.kind === 'taken') return { kind: 'again', write: standing.write };
    throw new GatewayError('overloaded', { retryAfterS: 1 });
  }

  async #againById(id: string): Promise<WriteEnd> {
    const write = await this.#parts.writes.get(id);
    if (write === undefined) throw new GatewayError('internal', { details: 'keyed write' });
    return { kind: 'again', write };
  }

  async #sourcePatient({ patient, source }: VendorWrite): Promise<string> {
    const known = await this.#parts.patients.sourceIdsOf([patient]);
    const own = known.find((each) => each.source === source);
    if (own === undefined) throw new GatewayError('invalid-value', { details: `${source}: not its patient` });
    return own.sourceId;
  }

  #open(source: string): OpenSource | undefined {
    return this.#parts.sources.find((each) => each.source.id === source);
  }
}

/** What stands there now; the source's copy may be one that cannot be taken over, and then the client is told so. */
export function doneOf(settlement: Settlement): WriteCame {
  const [version] = settlement.versions;
  return version === undefined
    ? { kind: 'refused', code: 'source-invalid' }
    : { kind: 'done', version, settlement };
}

const REFUSALS: Readonly<Record<Extract<SourceWritten, { kind: 'refused' }>['reason'], ErrorCode>> = {
  conflict: 'version-conflict',
  gone: 'version-conflict',
  forbidden: 'source-invalid',
  invalid: 'profile-invalid',
};

function cameOf(written: Exclude<SourceWritten, { kind: 'done' }>): WriteCame {
  switch (written.kind) {
    case 'refused':
      return { kind: 'refused', code: REFUSALS[written.reason] };
    case 'not-sent':
      return { kind: 'not-written', code: written.code, retryAfterS: written.retryAfterS };
    case 'unknown':
      return { kind: 'unknown', code: 'source-timeout' };
    default:
      return written satisfies never;
  }
}

function isConflict(error: unknown, details: string): boolean {
  return error instanceof GatewayError && error.code === 'version-conflict' && error.details === details;
}
