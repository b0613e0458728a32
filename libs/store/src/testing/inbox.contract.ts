import { randomUUID } from 'node:crypto';
import type { InboxChange } from '../change.js';
import type { Inbox, InboxMessage, InboxQueue } from '../inbox/inbox.js';

/** An inbox to be tested, empty; `apply` writes a change as the append of its record would. */
export interface InboxUnderTest {
  readonly inbox: Inbox;
  readonly queue: InboxQueue;
  readonly apply: (change: InboxChange) => Promise<void>;
}

type MakeInbox = () => Promise<InboxUnderTest>;

/** A message of a source; its bytes differ from those of every other unless `change` says what they are. */
export function makeInboxMessage(change: Partial<InboxMessage> = {}): InboxMessage {
  const controlId = change.controlId ?? randomUUID();
  return {
    source: 'lakeview',
    dialect: 'v2',
    bytes: Buffer.from(`MSH|^~\\&|LAB|LV|||202601020304||ADT^A01|${controlId}|P|2.5\r${randomUUID()}`),
    sender: 'LAB LV',
    controlId,
    message: 'ADT^A01',
    lanes: [randomUUID()],
    answer: Buffer.from(`MSA|AA|${controlId}|${randomUUID()}`),
    ...change,
  };
}

/** What every `Inbox` with its `InboxQueue` does. */
export function shouldBehaveLikeInbox(make: MakeInbox): void {
  keepsMessages(make);
  queuesMessages(make);
  isAdministered(make);
}

const SOURCES = ['lakeview'];

function keepsMessages(make: MakeInbox): void {
  it('keeps messages in the order in which they came, bytes and all', async () => {
    const { inbox } = await make();
    const messages = Array.from({ length: 20 }, () => makeInboxMessage());
    const receipts = await Promise.all(messages.map((message) => inbox.receive(message)));
    expect(receipts.map(({ kind }) => kind)).toEqual(messages.map(() => 'stored'));
    const listed = await inbox.list({ limit: 100 });
    expect(listed.map(({ id }) => id)).toEqual(receipts.map(({ id }) => id).toReversed());
    const shown = await inbox.show(receipts[3]?.id ?? '');
    expect(shown).toMatchObject({ source: 'lakeview', state: 'received', attempts: 0, isIntact: true });
    expect(Buffer.from(shown.bytes)).toEqual(Buffer.from(messages[3]?.bytes ?? []));
  });

  it('gives the stored answer for the same bytes, in one batch, later, and once converted', async () => {
    const { inbox, apply } = await make();
    const message = makeInboxMessage();
    const again = { ...message, answer: Buffer.from('another answer') };
    const [first, second] = await Promise.all([inbox.receive(message), inbox.receive(again)]);
    await apply({ kind: 'inbox', id: first?.id ?? '', state: 'converted', issues: [] });
    const third = await inbox.receive(again);
    expect([first?.kind, second?.kind, third.kind]).toEqual(['stored', 'duplicate', 'duplicate']);
    for (const each of [second, third]) {
      expect(each?.id).toBe(first?.id);
      expect(Buffer.from(each?.answer ?? [])).toEqual(message.answer);
    }
    expect(await inbox.list({ limit: 10 })).toHaveLength(1);
  });

  it('keeps the same bytes of another source as a message of its own', async () => {
    const { inbox } = await make();
    const message = makeInboxMessage();
    await inbox.receive(message);
    expect((await inbox.receive({ ...message, source: 'hillside' })).kind).toBe('stored');
  });

  it('keeps other bytes under a control id that came before, and flags them', async () => {
    const { inbox } = await make();
    const [a, b, c] = [1, 2, 3].map(() => makeInboxMessage({ controlId: '7' }));
    await Promise.all([a, b].map((each) => inbox.receive(each ?? makeInboxMessage())));
    await inbox.receive(c ?? makeInboxMessage());
    const listed = await inbox.list({ limit: 10 });
    expect(listed.map(({ issues }) => issues.map(({ code }) => code))).toEqual([
      ['repeated'],
      ['repeated'],
      [],
    ]);
  });
}

function queuesMessages(make: MakeInbox): void {
  it('gives what waits of the sources asked for, oldest first, with equal keys for the same patient', async () => {
    const { inbox, queue } = await make();
    const lanes = ['p1', 'p2', 'p1'];
    const receipts = await Promise.all(
      lanes.map((lane) => inbox.receive(makeInboxMessage({ lanes: [lane] }))),
    );
    await inbox.receive(makeInboxMessage({ source: 'hillside', lanes: ['p1'] }));
    const waiting = await queue.waiting(SOURCES, 10);
    expect(waiting.map(({ id }) => id)).toEqual(receipts.map(({ id }) => id));
    const [one, two, three] = waiting.map(({ keys }) => keys[0]);
    expect(three).toBe(one);
    expect(two).not.toBe(one);
    expect(one).not.toContain('p1');
    const [elsewhere] = await queue.waiting(['hillside'], 10);
    expect(elsewhere?.keys[0]).not.toBe(one);
    expect(await queue.waiting([], 10)).toEqual([]);
    expect(await queue.waiting(SOURCES, 2)).toHaveLength(2);
  });

  it('takes messages with their bytes; one that was converted waits no more, and is converted once', async () => {
    const { inbox, queue, apply } = await make();
    const message = makeInboxMessage();
    const { id } = await inbox.receive(message);
    const [taken] = await queue.take([id]);
    expect(taken).toMatchObject({ kind: 'message', id, source: 'lakeview', sender: 'LAB LV' });
    expect(taken?.kind === 'message' && Buffer.from(taken.bytes)).toEqual(message.bytes);
    const issue = {
      severity: 'information',
      code: 'unmapped',
      type: undefined,
      expression: 'PID-9',
    } as const;
    const change: InboxChange = { kind: 'inbox', id, state: 'converted', issues: [issue] };
    await apply(change);
    expect(await queue.take([id])).toEqual([]);
    expect(await queue.waiting(SOURCES, 10)).toEqual([]);
    await expect(apply(change)).rejects.toMatchObject({ code: 'version-conflict' });
    expect(await inbox.show(id)).toMatchObject({ state: 'converted', attempts: 1, issues: [issue] });
  });

  it('notes why a message failed', async () => {
    const { inbox, queue } = await make();
    const { id } = await inbox.receive(makeInboxMessage());
    await queue.fail(id, 'converter', []);
    expect(await inbox.show(id)).toMatchObject({ state: 'failed', reason: 'converter', attempts: 1 });
    expect(await queue.waiting(SOURCES, 10)).toEqual([]);
    await expect(queue.fail(id, 'again', [])).rejects.toMatchObject({ code: 'version-conflict' });
  });
}

function isAdministered(make: MakeInbox): void {
  it('replays what failed, in its old place, and discards what is not wanted', async () => {
    const { inbox, queue } = await make();
    const ids = await Promise.all([1, 2, 3].map(async () => (await inbox.receive(makeInboxMessage())).id));
    const [first = '', second = '', third = ''] = ids;
    await queue.fail(first, 'converter', []);
    await inbox.replay(first);
    await inbox.discard(second, 'sent by mistake');
    const waiting = await queue.waiting(SOURCES, 10);
    expect(waiting.map(({ id }) => id)).toEqual([first, third]);
    const discarded = await inbox.show(second);
    expect(discarded).toMatchObject({ state: 'discarded', reason: 'sent by mistake', isIntact: true });
    await expect(inbox.replay(third)).rejects.toMatchObject({ code: 'version-conflict' });
    await expect(inbox.discard(second, 'x')).rejects.toMatchObject({ code: 'version-conflict' });
  });

  it.each(['00000000-0000-4000-8000-000000000000', 'no id'])('does not find %s', async (unknown) => {
    const { inbox } = await make();
    const missing = { code: 'not-found' };
    await expect(inbox.replay(unknown)).rejects.toMatchObject(missing);
    await expect(inbox.discard(unknown, 'x')).rejects.toMatchObject(missing);
    await expect(inbox.show(unknown)).rejects.toMatchObject(missing);
  });

  it('lists by state, source and place', async () => {
    const { inbox, queue } = await make();
    const ids: string[] = [];
    for (const source of ['lakeview', 'lakeview', 'hillside']) {
      ids.push((await inbox.receive(makeInboxMessage({ source }))).id);
    }
    await queue.fail(ids[0] ?? '', 'converter', []);
    expect((await inbox.list({ state: 'failed', limit: 5 })).map(({ id }) => id)).toEqual([ids[0]]);
    expect((await inbox.list({ source: 'hillside', limit: 5 })).map(({ id }) => id)).toEqual([ids[2]]);
    const [newest] = await inbox.list({ limit: 1 });
    const before = await inbox.list({ limit: 5, beforeSeq: newest?.seq });
    expect(before.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
  });
}
