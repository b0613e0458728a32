import type { MllpPeer } from '#ehr';
import { ContactWatch } from './contact-watch.js';

const makePeer = (): MllpPeer => ({ kind: 'plain', address: '127.0.0.1', isLoopback: true });

describe('ContactWatch', () => {
  let nowMs = 0;
  let shared: Map<string, number>;
  const make = () =>
    new ContactWatch({
      profiles: [
        { id: 'lakeview', silentAfterS: 10 },
        { id: 'hillside', silentAfterS: 100 },
      ],
      contacts: {
        note: (contacts) => {
          for (const [source, atMs] of contacts) shared.set(source, atMs);
          return Promise.resolve();
        },
        newest: () => Promise.resolve(shared),
      },
      clock: () => nowMs,
    });
  beforeEach(() => {
    nowMs = 1_000_000;
    shared = new Map();
  });

  it('gives senders their time to connect, and then names those that are silent', () => {
    const watch = make();
    expect(watch.silent()).toEqual([]);
    nowMs += 10_001;
    expect(watch.silent()).toEqual(['lakeview']);
    nowMs += 100_000;
    expect(watch.silent()).toEqual(['lakeview', 'hillside']);
  });

  it('counts a sender as there while a connection of it is open, and for its time after', () => {
    const watch = make();
    const [one, two] = [makePeer(), makePeer()];
    watch.seen('lakeview', one);
    watch.seen('lakeview', two);
    nowMs += 60_000;
    watch.left(one);
    expect(watch.silent()).toEqual([]);
    nowMs += 60_000;
    watch.left(two);
    watch.left(makePeer());
    nowMs += 9_000;
    expect(watch.silent()).toEqual(['hillside']);
    nowMs += 2_000;
    expect(watch.silent()).toEqual(['lakeview', 'hillside']);
  });

  it('hears from other processes who is connected to them', async () => {
    const [here, there] = [make(), make()];
    here.seen('lakeview', makePeer());
    nowMs += 20_000;
    expect(there.silent()).toEqual(['lakeview']);
    for (const watch of [here, there]) {
      watch.start();
      await watch.stop();
    }
    expect(there.silent()).toEqual([]);
  });

  it('goes on by itself while nobody can be told', async () => {
    shared = new Map();
    const watch = new ContactWatch({
      profiles: [{ id: 'lakeview', silentAfterS: 10 }],
      contacts: {
        note: () => Promise.reject(new Error('away')),
        newest: () => Promise.reject(new Error('away')),
      },
      clock: () => nowMs,
    });
    watch.start();
    await watch.stop();
    watch.seen('lakeview', makePeer());
    expect(watch.silent()).toEqual([]);
  });
});
