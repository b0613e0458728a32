import { sha256, toHex } from '#digest';
import { GatewayError } from '#outcome';
import type { KeyedWriteChange, KeyedWriteEnd, RowChange } from '../change.js';
import { isSameDigest } from '../keyed-writes/is-same-digest.js';
import type {
  KeyedWrite,
  KeyedWriteBegun,
  KeyedWriteStore,
  KeyQuery,
  KeyStanding,
} from '../keyed-writes/keyed-write.js';
import { hasExpired, mayBegin } from '../keyed-writes/may-begin.js';
import { mayEnd } from '../keyed-writes/may-end.js';

interface Held {
  readonly write: KeyedWrite;
  readonly nextMs: number;
}

/** Writes under keys in memory: `apply` takes what a record's append would. */
export class MemoryKeyedWriteStore implements KeyedWriteStore {
  readonly #held = new Map<string, Held>();
  readonly #keysPerClient: number;

  constructor(keysPerClient = Infinity) {
    this.#keysPerClient = keysPerClient;
  }

  /** Other changes are passed over. @returns the leaf of the record, which here is made from its id */
  apply(changes: readonly RowChange[], recordId: string): string {
    for (const change of changes) {
      if (change.kind === 'keyed-write') this.#begin(change, recordId);
      if (change.kind === 'keyed-write-end') this.#end(change, recordId);
    }
    return leafOf(recordId);
  }

  keyDigest(client: string, key: string): string {
    return toHex(sha256(JSON.stringify([client, key])));
  }

  async standing({ client, key, request, nowMs }: KeyQuery): Promise<KeyStanding> {
    await Promise.resolve();
    const write = this.#byKey(client, this.keyDigest(client, key));
    if (write === undefined || hasExpired(write, nowMs)) {
      const kept = [...this.#held.values()].filter(
        (each) => each.write.client === client && each.write.expiresMs > nowMs,
      );
      if (kept.length >= this.#keysPerClient) throw new GatewayError('too-many-requests');
      return { kind: 'free', id: undefined };
    }
    if (!isSameDigest(write.request, request)) return { kind: 'other-request' };
    return write.state === 'not-written' ? { kind: 'free', id: write.id } : { kind: 'taken', write };
  }

  get(id: string): Promise<KeyedWrite | undefined> {
    return Promise.resolve(this.#held.get(id)?.write);
  }

  unsettled(query: Parameters<KeyedWriteStore['unsettled']>[0]): Promise<readonly KeyedWrite[]> {
    const due = [...this.#held.values()]
      .filter(({ write, nextMs }) => {
        const isOpen = write.state === 'open' || write.state === 'unknown';
        return isOpen && write.openedMs < query.openedBeforeMs && nextMs <= query.nowMs;
      })
      .toSorted((a, b) => a.nextMs - b.nextMs);
    return Promise.resolve(due.slice(0, query.limit).map(({ write }) => write));
  }

  postpone(id: string, untilMs: number): Promise<void> {
    const held = this.#held.get(id);
    if (held !== undefined) {
      this.#held.set(id, { write: { ...held.write, lookups: held.write.lookups + 1 }, nextMs: untilMs });
    }
    return Promise.resolve();
  }

  #byKey(client: string, key: string): KeyedWrite | undefined {
    return [...this.#held.values()].find(({ write }) => write.client === client && write.key === key)?.write;
  }

  #begin({ write, answer }: KeyedWriteChange, recordId: string): void {
    const before = this.#byKey(write.client, write.key);
    if (before !== undefined) {
      if (!mayBegin(before, write))
        throw new GatewayError('version-conflict', { details: 'idempotency-key' });
      this.#held.delete(before.id);
    }
    const open = begun(write, recordId);
    const kept =
      answer === undefined ? open : ended(open, { state: 'done', answer, atMs: write.openedMs }, recordId);
    this.#held.set(write.id, { write: kept, nextMs: write.openedMs });
  }

  #end(end: KeyedWriteEnd, recordId: string): void {
    const held = this.#held.get(end.id);
    if (held === undefined) throw new GatewayError('not-found', { details: 'keyed-write' });
    const { write } = held;
    if (!mayEnd(write.state, end.state)) {
      throw new GatewayError('version-conflict', { details: 'keyed-write' });
    }
    this.#held.set(end.id, { ...held, write: ended(write, end, recordId) });
  }
}

function begun(write: KeyedWriteBegun, recordId: string): KeyedWrite {
  return {
    ...write,
    state: 'open',
    answer: undefined,
    closedMs: undefined,
    recordId,
    leaf: leafOf(recordId),
    endRecordId: undefined,
    lookups: 0,
  };
}

function ended(
  write: KeyedWrite,
  { state, answer, atMs }: Omit<KeyedWriteEnd, 'kind' | 'id'>,
  endRecordId: string,
): KeyedWrite {
  const target = { ...write.target, id: answer?.id ?? write.target.id };
  const closedMs = state === 'unknown' ? undefined : atMs;
  return { ...write, target, state, answer, closedMs, endRecordId };
}

function leafOf(recordId: string): string {
  return toHex(sha256(recordId));
}
