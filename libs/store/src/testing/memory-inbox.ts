import { randomUUID } from 'node:crypto';
import { sha256, toHex } from '#digest';
import { GatewayError } from '#outcome';
import type { InboxChange, InboxIssue } from '../change.js';
import { BEGINNINGS } from '../inbox/inbox-acts.js';
import type {
  FullInboxEntry,
  Inbox,
  InboxEntry,
  InboxMessage,
  InboxQuery,
  InboxQueue,
  InboxState,
  Receipt,
  TakenMessage,
  WaitingMessage,
} from '../inbox/inbox.js';

type Held = { -readonly [Key in keyof FullInboxEntry]: FullInboxEntry[Key] } & { lanes: readonly string[] };

/** An inbox in memory, with its queue. */
export class MemoryInbox implements Inbox, InboxQueue {
  readonly #held = new Map<string, Held>();
  #failures: unknown[] = [];
  #seq = 0n;

  /** The next `count` messages are not kept: `receive` rejects with `cause`. */
  failNext(count: number, cause: unknown): void {
    this.#failures = Array.from({ length: count }, () => cause);
  }

  async receive(message: InboxMessage): Promise<Receipt> {
    await Promise.resolve();
    if (this.#failures.length > 0) throw this.#failures.shift();
    const digest = sha256(message.bytes);
    const ofSource = [...this.#held.values()].filter(({ source }) => source === message.source);
    const same = ofSource.find((each) => toHex(each.digest) === toHex(digest));
    if (same !== undefined) return { kind: 'duplicate', id: same.id, answer: same.answer };
    const isRepeated = ofSource.some(({ controlId }) => controlId === message.controlId);
    const repeated: InboxIssue = {
      severity: 'warning',
      code: 'repeated',
      type: undefined,
      expression: 'MSH-10',
    };
    const id = randomUUID();
    this.#held.set(id, {
      ...message,
      id,
      digest,
      seq: (this.#seq += 1n),
      receivedMs: Date.now(),
      state: 'received',
      reason: undefined,
      recordId: undefined,
      attempts: 0,
      issues: isRepeated && message.controlId !== '' ? [repeated] : [],
      isIntact: true,
      lanes: message.lanes.map((lane) => toHex(sha256(`${message.source} ${lane}`))),
    });
    return { kind: 'stored', id, answer: message.answer };
  }

  async list({ state, source, beforeSeq, limit }: InboxQuery): Promise<readonly InboxEntry[]> {
    await Promise.resolve();
    return [...this.#held.values()]
      .filter((each) => state === undefined || each.state === state)
      .filter((each) => source === undefined || each.source === source)
      .filter((each) => beforeSeq === undefined || each.seq < beforeSeq)
      .toReversed()
      .slice(0, limit);
  }

  async show(id: string): Promise<FullInboxEntry> {
    await Promise.resolve();
    return this.#find(id);
  }

  async replay(id: string): Promise<void> {
    await Promise.resolve();
    this.#move(id, BEGINNINGS.replay, 'received');
  }

  async discard(id: string, reason: string): Promise<void> {
    await Promise.resolve();
    this.#move(id, BEGINNINGS.discard, 'discarded').reason = reason;
  }

  async waiting(sources: readonly string[], limit: number): Promise<readonly WaitingMessage[]> {
    await Promise.resolve();
    return [...this.#held.values()]
      .filter(({ source, state }) => sources.includes(source) && state === 'received')
      .slice(0, limit)
      .map(({ id, source, receivedMs, lanes }) => ({ id, source, receivedMs, keys: lanes }));
  }

  async take(ids: readonly string[]): Promise<readonly TakenMessage[]> {
    await Promise.resolve();
    return [...this.#held.values()]
      .filter(({ id, state }) => ids.includes(id) && state === 'received')
      .map((each) => ({ ...each, kind: 'message' }));
  }

  async fail(id: string, reason: string, issues: readonly InboxIssue[]): Promise<void> {
    await Promise.resolve();
    const held = this.#move(id, ['received'], 'failed');
    held.reason = reason;
    this.#end(held, issues);
  }

  /** What the append of a record does. */
  async apply({ id, state, issues }: InboxChange): Promise<void> {
    await Promise.resolve();
    this.#end(this.#move(id, ['received'], state), issues);
  }

  #end(held: Held, issues: readonly InboxIssue[]): void {
    held.attempts += 1;
    held.issues = [...held.issues.filter(({ code }) => code === 'repeated'), ...issues];
  }

  #find(id: string): Held {
    const held = this.#held.get(id);
    if (held === undefined) throw new GatewayError('not-found', { details: 'inbox' });
    return held;
  }

  #move(id: string, from: readonly InboxState[], to: InboxState): Held {
    const held = this.#find(id);
    if (!from.includes(held.state)) throw new GatewayError('version-conflict', { details: 'inbox' });
    held.state = to;
    held.reason = undefined;
    return held;
  }
}
