import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { NoticeHub, type NoticeHubOptions, type Watch } from './notice-hub.js';

/** A log of events for everybody, of which any may be read; time and growth as the spec says. */
class Scene {
  nowMs = 0;
  readonly events: string[] = [];
  fails = false;
  reads = 0;
  readonly hub: NoticeHub;

  constructor(change: Partial<NoticeHubOptions> = {}) {
    this.hub = new NoticeHub({
      source: {
        position: () => Promise.resolve(BigInt(this.events.length)),
        after: (_watch, { index }) => {
          this.reads += 1;
          if (this.fails) return Promise.reject(new Error('away'));
          const events = this.events.slice(Number(index), Number(index) + 2);
          const place = { index: index + BigInt(events.length), position: 0 };
          return Promise.resolve({ events, place, more: events.length === 2 });
        },
      },
      streamsMax: 3,
      streamsPerClient: 2,
      waitingBytes: 100,
      // no spec waits for the timer
      pollMs: 3_600_000,
      heartbeatMs: 15_000,
      clock: () => this.nowMs,
      ...change,
    });
  }

  open(change: Partial<Watch> = {}): Readable {
    const after = { index: 0n, position: 0 };
    return this.hub.open({
      client: 'app',
      person: 'p',
      after,
      mayGoOn: () => Promise.resolve(true),
      ...change,
    });
  }
}

/** What has come so far. */
const read = (stream: Readable): string => {
  const bytes: unknown = stream.read();
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : '';
};

describe('NoticeHub', () => {
  it('tells each stream what is new, in order, once', async () => {
    const scene = new Scene();
    scene.events.push('a', 'b', 'c');
    const stream = scene.open({ after: { index: 1n, position: 0 } });
    await scene.hub.look();
    await scene.hub.look();
    expect(read(stream)).toBe(':\n\nbc');
    scene.events.push('d');
    await scene.hub.look();
    expect(read(stream)).toBe('d');
    await scene.hub.look();
    expect(read(stream)).toBe('');
  });

  it('does not read where nothing has grown', async () => {
    const scene = new Scene();
    scene.open();
    await scene.hub.look();
    const { reads } = scene;
    await scene.hub.look();
    expect(scene.reads).toBe(reads);
  });

  it('reads again what could not be read', async () => {
    const scene = new Scene();
    const stream = scene.open();
    scene.events.push('a');
    scene.fails = true;
    await scene.hub.look();
    scene.fails = false;
    await scene.hub.look();
    expect(read(stream)).toBe(':\n\na');
  });

  it('tells nothing once the token has ended, and ends', async () => {
    const scene = new Scene();
    const stream = scene.open({ mayGoOn: () => Promise.resolve(false) });
    scene.events.push('a');
    await scene.hub.look();
    expect(scene.hub.size).toBe(0);
    expect(await text(stream)).toBe(':\n\n');
  });

  it('looks at a token each second, also where nothing is new', async () => {
    const scene = new Scene();
    let asked = 0;
    scene.open({ mayGoOn: () => Promise.resolve((asked += 1) > 0) });
    await scene.hub.look();
    await scene.hub.look();
    expect(asked).toBe(1);
    scene.nowMs += 1_000;
    await scene.hub.look();
    expect(asked).toBe(2);
  });

  it('keeps a quiet stream open, and cuts off a reader that is too slow', async () => {
    const scene = new Scene();
    const stream = scene.open();
    await scene.hub.look();
    scene.nowMs += 15_000;
    await scene.hub.look();
    expect(read(stream)).toBe(':\n\n:\n\n');
    scene.events.push('x'.repeat(101));
    await scene.hub.look();
    expect(stream.destroyed).toBe(true);
    expect(scene.hub.size).toBe(0);
  });

  it('has room for so many streams of a client, and in all', () => {
    const scene = new Scene();
    const first = scene.open();
    scene.open();
    expect(() => scene.open()).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    scene.open({ client: 'other' });
    expect(() => scene.open({ client: 'third' })).toThrow(expect.objectContaining({ code: 'overloaded' }));
    first.destroy();
    return new Promise<void>((resolve) => {
      first.once('close', () => {
        expect(scene.hub.size).toBe(2);
        scene.open({ client: 'third' });
        resolve();
      });
    });
  });

  it('ends all of them at a stop, and opens none any more', async () => {
    const scene = new Scene();
    const stream = scene.open();
    scene.hub.close();
    expect(await text(stream)).toBe(':\n\n');
    expect(() => scene.open()).toThrow(expect.objectContaining({ code: 'overloaded' }));
  });
});
