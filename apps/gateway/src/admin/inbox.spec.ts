import { z } from 'zod';
import { sha256, toHex } from '#digest';
import type { Principal } from '#smart';
import { makeInboxMessage } from '../../../../libs/store/src/testing/inbox.contract.js';
import { MemoryInbox } from '../../../../libs/store/src/testing/memory-inbox.js';
import type { Parts } from '../parts.js';
import { discardMessage, listInbox, rawMessage, replayMessage, showMessage } from './inbox.js';

const principal = z.custom<Principal>().parse({});
let inbox: MemoryInbox;
let parts: Parts;

beforeEach(() => {
  inbox = new MemoryInbox();
  parts = z.custom<Parts>().parse({ inbox });
});

/** A message that could not be converted. */
async function failed(): Promise<{ readonly id: string; readonly bytes: Uint8Array }> {
  const message = makeInboxMessage({ source: 'lakeview' });
  const { id } = await inbox.receive(message);
  await inbox.fail(id, 'unexpected', []);
  return { id, bytes: message.bytes };
}

const stateOf = async (id: string) => (await inbox.show(id)).state;

it('is for stewards: registering clients is no reason to read messages', () => {
  const operations = [listInbox, showMessage, rawMessage, replayMessage, discardMessage];
  expect(operations.map(({ role }) => role)).toEqual(Array.from(operations, () => 'steward'));
});

describe('the list of messages', () => {
  it('is read from the query, and refuses what it does not know', () => {
    const form = listInbox.input;
    expect(form.parse({ state: 'failed', limit: '7', before: '12' })).toEqual({
      state: 'failed',
      limit: 7,
      before: 12n,
    });
    expect(form.parse({})).toEqual({ limit: 50 });
    for (const query of [
      { limit: '0' },
      { limit: '1001' },
      { limit: 'x' },
      { limit: ['1', '2'] },
      { state: 'x' },
      { q: '' },
    ]) {
      expect({ query, fits: form.safeParse(query).success }).toEqual({ query, fits: false });
    }
  });

  it('shows no content, and is recorded about nobody', async () => {
    const { id } = await failed();
    const outcome = await listInbox.handle({ limit: 50 }, principal, parts);
    expect(outcome).toMatchObject({ status: 200, class: 6, subjects: [], writes: [] });
    expect(outcome.body).toMatchObject({ messages: [{ id, state: 'failed', reason: 'unexpected' }] });
    expect(JSON.stringify(outcome.body)).not.toContain('MSH|');
  });
});

describe('a look at a message', () => {
  it('is recorded with the message and the digest of its bytes, its person being unknown', async () => {
    const { id, bytes } = await failed();
    for (const operation of [showMessage, rawMessage]) {
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      const outcome = await operation.handle({ id }, principal, parts);
      expect(outcome).toMatchObject({
        class: 6,
        subjects: [{ person: undefined, upstream: [toHex(sha256(bytes))], links: { inbox: id } }],
      });
    }
  });

  it('gives the bytes as they came', async () => {
    const { id, bytes } = await failed();
    const { body } = await rawMessage.handle({ id }, principal, parts);
    expect(body).toMatchObject({ bytes: Buffer.from(bytes).toString('base64'), intact: true });
  });
});

describe('what is done with a message', () => {
  it('is done once it is sealed, not before', async () => {
    const { id } = await failed();
    const replayed = await replayMessage.handle({ id }, principal, parts);
    expect(await stateOf(id)).toBe('failed');
    await replayed.committed?.();
    expect(await stateOf(id)).toBe('received');
    const discarded = await discardMessage.handle({ id, reason: 'a test' }, principal, parts);
    expect(discarded.subjects).toMatchObject([{ links: { inbox: id, state: 'received', reason: 'a test' } }]);
    expect(await stateOf(id)).toBe('received');
    await discarded.committed?.();
    expect(await inbox.show(id)).toMatchObject({ state: 'discarded', reason: 'a test' });
  });

  it('is refused from a state that it cannot begin from', async () => {
    const { id } = await inbox.receive(makeInboxMessage());
    await expect(replayMessage.handle({ id }, principal, parts)).rejects.toMatchObject({
      code: 'version-conflict',
    });
    await inbox.discard(id, 'a test');
    await expect(discardMessage.handle({ id, reason: 'again' }, principal, parts)).rejects.toMatchObject({
      code: 'version-conflict',
    });
  });

  it('needs words for a reason, and not too many', () => {
    const id = '01890000-0000-7000-8000-000000000000';
    for (const reason of ['', '   ', 'x'.repeat(201), undefined]) {
      expect(discardMessage.input.safeParse({ id, reason }).success).toBe(false);
    }
    expect(discardMessage.input.parse({ id, reason: ' sent twice ' })).toEqual({ id, reason: 'sent twice' });
  });
});
