import { makeInboxMessage } from '../../../../libs/store/src/testing/inbox.contract.js';
import { MemoryInbox } from '../../../../libs/store/src/testing/memory-inbox.js';
import type { LocalAct } from '../local/local-record.js';
import { DatabaseDesk } from './database-desk.js';

describe('DatabaseDesk', () => {
  let inbox: MemoryInbox;
  let desk: DatabaseDesk;
  const sealed: LocalAct[] = [];

  beforeEach(() => {
    sealed.length = 0;
    inbox = new MemoryInbox();
    desk = new DatabaseDesk(inbox, {
      seal: (act) => {
        sealed.push(act);
        return Promise.resolve();
      },
    });
  });
  const receive = async () => (await inbox.receive(makeInboxMessage())).id;

  it('shows messages, and seals each look with the message that it was at', async () => {
    const id = await receive();
    expect(await desk.list({ source: undefined, state: 'received', limit: 5 })).toMatchObject([{ id }]);
    expect(await desk.show(id)).toMatchObject({ id, state: 'received', issues: [], intact: true });
    expect(await desk.raw(id)).toMatchObject({ intact: true });
    expect(sealed).toMatchObject([
      { interaction: 'inbox-list', parameters: ['', 'received', '5'], subjects: [] },
      {
        interaction: 'inbox-show',
        parameters: [id],
        subjects: [{ links: { inbox: id, state: 'received' } }],
      },
      { interaction: 'inbox-raw', parameters: [id] },
    ]);
  });

  it('says of bytes that they are not what was received', async () => {
    const id = await receive();
    const show = inbox.show.bind(inbox);
    inbox.show = async (shown) => ({ ...(await show(shown)), isIntact: false });
    expect(await desk.raw(id)).toMatchObject({ intact: false });
  });

  it('seals an act before it is done, after one look at the message', async () => {
    const id = await receive();
    const show = inbox.show.bind(inbox);
    let looks = 0;
    inbox.show = (shown) => {
      looks += 1;
      return show(shown);
    };
    await desk.discard(id, 'a test');
    await desk.replay(id);
    expect(looks).toBe(2);
    expect(sealed).toMatchObject([
      {
        interaction: 'inbox-discard',
        parameters: [id, 'a test'],
        subjects: [{ links: { reason: 'a test' } }],
      },
      { interaction: 'inbox-replay', parameters: [id], subjects: [{ links: { state: 'discarded' } }] },
    ]);
    expect(await show(id)).toMatchObject({ state: 'received' });
  });

  it('does and seals nothing where the act cannot begin', async () => {
    const id = await receive();
    await expect(desk.replay(id)).rejects.toThrow('The message is received.');
    expect(sealed).toEqual([]);
  });
});
