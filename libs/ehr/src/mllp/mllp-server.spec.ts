import { X509Certificate } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { frameOf } from './frame-reader.js';
import { MllpClient } from '../testing/mllp-client.js';
import type { MllpEvent, MllpHandler, MllpPeer } from './mllp-handler.js';
import { MllpServer, type MllpServerOptions } from './mllp-server.js';
import { makeIdentities, RawSender, until } from '../testing/mllp-senders.js';

const MIB = 1_048_576;
const LIMITS = {
  frames: { frameBytes: MIB, strayBytes: 64 },
  times: { idleMs: 60_000, frameMs: 60_000, lingerMs: 2_000 },
  memory: { ownBytes: 65_536, sharedBytes: 4 * MIB },
  connections: 2_000,
  connectionsPerAddress: 2_000,
};

/** Answers each frame with its text, when it is let. */
class EchoHandler implements MllpHandler {
  readonly received: string[] = [];
  readonly peers: MllpPeer[] = [];
  gone = 0;
  open: Promise<unknown> = Promise.resolve();

  admits(peer: MllpPeer): boolean {
    this.peers.push(peer);
    return peer.kind === 'plain' || peer.subject !== 'O=Test, CN=stranger';
  }

  async receive(payload: Uint8Array): Promise<Uint8Array | undefined> {
    const text = Buffer.from(payload).toString('latin1');
    this.received.push(text);
    await this.open;
    if (text === 'much') return Buffer.alloc(MIB, 'x');
    return text === 'quiet' ? undefined : Buffer.from(`ok ${text.slice(0, 20)}`);
  }

  refuse(refusal: string, start: Uint8Array): Uint8Array {
    return Buffer.from(`no ${refusal} ${Buffer.from(start).toString('latin1').slice(0, 4)}`);
  }

  left(): void {
    this.gone += 1;
  }
}

const frame = (text: string) => frameOf(Buffer.from(text));
const hello = async (client: MllpClient) => Buffer.from(await client.send(Buffer.from('hello'))).toString();
const identities = makeIdentities(['server', 'lakeview', 'stranger']);
const foreign = makeIdentities(['lakeview']);

const connect = (port: number, client: { key: string; cert: string } | undefined) =>
  MllpClient.connect({ host: '127.0.0.1', port, tls: { ca: identities?.ca, ...client } });

/** Bytes outside the heap that somebody still holds. */
function heldOutside(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

describe('MllpServer', () => {
  const servers: MllpServer[] = [];
  const events: MllpEvent[] = [];
  let handler: EchoHandler;

  async function listen(
    change: Partial<MllpServerOptions> = {},
  ): Promise<{ server: MllpServer; port: number }> {
    events.length = 0;
    handler = new EchoHandler();
    const server = new MllpServer({
      host: '127.0.0.1',
      port: 0,
      handler,
      observe: (event) => events.push(event),
      ...LIMITS,
      ...change,
    });
    servers.push(server);
    return { server, port: (await server.listen()).port };
  }
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(100))));

  it('answers every frame, in order, however they were sent', async () => {
    const { port } = await listen();
    const sender = await RawSender.connect(port);
    await sender.write(Buffer.concat([frame('a'), frame('b'), frame('c').subarray(0, 2)]));
    expect(await sender.answered(2)).toEqual(['ok a', 'ok b']);
    await sender.write(frame('c').subarray(2));
    expect(await sender.answered(3)).toEqual(['ok a', 'ok b', 'ok c']);
    await sender.write(Buffer.concat([frame('quiet'), frame('d')]));
    expect(await sender.answered(4)).toEqual(['ok a', 'ok b', 'ok c', 'ok d']);
    sender.end();
    await sender.closed();
    await until(() => handler.gone === 1);
  });

  it('answers a frame without CR where the sender ends its side, or waits', async () => {
    const { port } = await listen();
    const [ends, waits] = [await RawSender.connect(port), await RawSender.connect(port)];
    await Promise.all([ends.write(frame('a').subarray(0, -1)), waits.write(frame('b').subarray(0, -1))]);
    ends.end();
    expect(await ends.answered(1)).toEqual(['ok a']);
    await ends.closed();
    expect(await waits.answered(1)).toEqual(['ok b']);
    await waits.write(frame('c'));
    expect(await waits.answered(2)).toEqual(['ok b', 'ok c']);
  });

  it('reads no further while frames wait', async () => {
    const { server, port } = await listen();
    const gate = Promise.withResolvers<void>();
    handler.open = gate.promise;
    const [sender, other] = [await RawSender.connect(port), await RawSender.connect(port)];
    const large = frame('x'.repeat(MIB / 2));
    const written = (async () => {
      for (let sent = 0; sent < 40; sent += 1) await sender.write(large);
    })();
    await until(() => handler.received.length > 0);
    await other.write(frame('b'));
    await until(() => handler.received.includes('b'));
    const read = () => handler.received.filter(({ length }) => length > 2).length;
    const before = read();
    for (const text of ['c', 'd', 'e', 'f']) {
      // oxlint-disable no-await-in-loop -- each takes the turns in which more could be read of the first
      await (await RawSender.connect(port)).write(frame(text));
      await until(() => handler.received.includes(text));
      // oxlint-enable no-await-in-loop
    }
    expect(read()).toBe(before);
    expect(sender.unsent).toBeGreaterThan(0);
    expect(server.heldBytes).toBeLessThanOrEqual(2 * MIB);
    gate.resolve();
    await written;
    await sender.answered(40);
    await until(() => server.heldBytes === 0);
  });

  it('holds nothing of what it has answered, however long a sender stays', async () => {
    const { port } = await listen();
    const sender = await RawSender.connect(port);
    const large = frame('x'.repeat(MIB / 2));
    const before = heldOutside();
    for (let sent = 1; sent <= 60; sent += 1) {
      await sender.write(large);
      await sender.answered(sent);
      handler.received.length = 0;
    }
    // what nobody holds is swept a little later; what is held would stay
    let held = Number.POSITIVE_INFINITY;
    await until(() => {
      held = heldOutside() - before;
      return held < 10 * MIB;
    });
    expect(held).toBeLessThan(10 * MIB);
    sender.cut();
  });

  it('leaves no listener behind, however often a sender is slow to take its answers', async () => {
    const { port } = await listen();
    const taken: EventEmitter[] = [];
    const note = (message: unknown) => {
      if (typeof message === 'object' && message !== null && 'socket' in message)
        if (message.socket instanceof EventEmitter) taken.push(message.socket);
    };
    subscribe('net.server.socket', note);
    const sender = await RawSender.connect(port);
    // more than the system takes at once
    const much = Buffer.concat(Array.from({ length: 16 }, () => frame('much')));
    const listeners = async (times: number) => {
      await sender.write(much);
      await sender.answered(times * 16);
      await until(() => taken[0]?.listenerCount('drain') === 0);
      return ['close', 'error'].map((name) => taken[0]?.listenerCount(name));
    };
    const first = await listeners(1);
    await listeners(2);
    expect(await listeners(3)).toEqual(first);
    unsubscribe('net.server.socket', note);
    sender.cut();
  });

  it('names in the refusal the message that was whole but for its last byte', async () => {
    const { port } = await listen({ memory: { ownBytes: 16, sharedBytes: 16 } });
    const sender = await RawSender.connect(port);
    await sender.write(frame('MSH|').subarray(0, -1));
    expect(await sender.answered(1)).toEqual(['no overloaded MSH|']);
    await sender.closed();
  });

  it('refuses a frame that is too large, and keeps little of it, though 200 MB are sent', async () => {
    const { server, port } = await listen();
    const sender = await RawSender.connect(port);
    const chunk = Buffer.alloc(MIB, 'x');
    let most = 0;
    await sender.write(Buffer.concat([Buffer.of(0x0b), Buffer.from('MSH|')]));
    for (let sent = 0; sent < 200 && !sender.isClosed; sent += 1) {
      await sender.write(chunk);
      most = Math.max(most, server.heldBytes);
    }
    expect(await sender.answered(1)).toEqual(['no too-large MSH|']);
    await sender.closed();
    expect(most).toBeLessThanOrEqual(2 * MIB + LIMITS.memory.ownBytes);
    await until(() => server.heldBytes === 0);
  });

  it('bounds what a thousand half-open frames hold, and serves the others', async () => {
    const { server, port } = await listen();
    const senders = await Promise.all(Array.from({ length: 1_000 }, () => RawSender.connect(port)));
    const part = Buffer.concat([Buffer.of(0x0b), Buffer.alloc(100_000, 'x')]);
    await Promise.all(senders.map((sender) => sender.write(part)));
    await until(() => events.some((event) => event.kind === 'refused' && event.refusal === 'overloaded'));
    expect(server.heldBytes).toBeLessThanOrEqual(1_000 * LIMITS.memory.ownBytes + LIMITS.memory.sharedBytes);
    const honest = await MllpClient.connect({ host: '127.0.0.1', port });
    expect(Buffer.from(await honest.send(Buffer.from('hello'))).toString()).toBe('ok hello');
    await honest.close();
    for (const sender of senders) sender.cut();
    await until(() => server.connections === 0 && server.heldBytes === 0);
  });

  it('ends a frame that takes too long, and garbage, with an answer', async () => {
    const { port } = await listen({ times: { ...LIMITS.times, frameMs: 100 } });
    const [loris, garbage] = await Promise.all([RawSender.connect(port), RawSender.connect(port)]);
    await Promise.all([
      loris.write(frame('MSH|').subarray(0, 5)),
      garbage.write(Buffer.from('GET / HTTP/1.1')),
    ]);
    expect(await loris.answered(1)).toEqual(['no unfinished MSH|']);
    expect(await garbage.answered(1)).toEqual(['no unfinished GET ']);
    await Promise.all([loris, garbage].map((sender) => sender.closed()));
    expect(events).toContainEqual({ kind: 'timed-out', what: 'frame' });
  });

  it('ends a connection that is idle', async () => {
    const { port } = await listen({ times: { ...LIMITS.times, idleMs: 100 } });
    const idle = await RawSender.connect(port);
    await idle.closed();
    expect(idle.answers).toEqual([]);
    expect(events).toContainEqual({ kind: 'timed-out', what: 'idle' });
  });

  it('lets go of a sender that does not take its answers', async () => {
    const { port } = await listen({ times: { idleMs: 60_000, frameMs: 200, lingerMs: 100 } });
    const sender = await RawSender.connect(port);
    sender.stopReading();
    await sender.write(Buffer.concat(Array.from({ length: 50 }, () => frame('much'))));
    await until(() => events.some((event) => event.kind === 'timed-out' && event.what === 'answer'));
    expect(sender.answers).toEqual([]);
    sender.cut();
  });

  it('limits connections, all and of one address', async () => {
    for (const limit of [{ connections: 2 }, { connectionsPerAddress: 2 }]) {
      const { port } = await listen(limit);
      const open = () => RawSender.connect(port);
      const senders = await Promise.all([open(), open(), open()]);
      await until(() => senders.some(({ isClosed }) => isClosed));
      expect(senders.filter(({ isClosed }) => isClosed)).toHaveLength(1);
      expect(events).toContainEqual({ kind: 'rejected', why: 'limit' });
      for (const sender of senders) sender.cut();
    }
  });

  it('knows a sender of this machine, over IPv6 too', async () => {
    const { port } = await listen({ host: '::' });
    const sender = await RawSender.connect(port);
    await sender.write(frame('a'));
    await sender.answered(1);
    expect(handler.peers).toEqual([{ kind: 'plain', address: '127.0.0.1', isLoopback: true }]);
  });

  it('answers what it has read when it stops, and takes nobody new', async () => {
    const { server, port } = await listen();
    const gate = Promise.withResolvers<void>();
    handler.open = gate.promise;
    const sender = await RawSender.connect(port);
    await sender.write(Buffer.concat([frame('a'), frame('b').subarray(0, 2)]));
    await until(() => handler.received.length === 1);
    const stopped = server.stop(10_000);
    gate.resolve();
    await stopped;
    expect(await sender.answered(1)).toEqual(['ok a']);
    await sender.closed();
    await expect(MllpClient.connect({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'source-unavailable',
    });
  });
});

const describeTls = identities === undefined || foreign === undefined ? describe.skip : describe;
describeTls('MllpServer over TLS', () => {
  let server: MllpServer;
  let handler: EchoHandler;
  afterEach(() => server.stop(100));

  async function listen(ca: string | undefined): Promise<number> {
    handler = new EchoHandler();
    const own = identities?.of.get('server') ?? { key: '', cert: '' };
    server = new MllpServer({ host: '127.0.0.1', port: 0, handler, tls: { ...own, ca }, ...LIMITS });
    return (await server.listen()).port;
  }
  it('knows a sender by the fingerprint and the subject of its certificate', async () => {
    const lakeview = identities?.of.get('lakeview');
    const client = await connect(await listen(identities?.ca), lakeview);
    await expect(hello(client)).resolves.toBe('ok hello');
    const { fingerprint256 } = new X509Certificate(lakeview?.cert ?? '');
    expect(handler.peers).toEqual([
      {
        kind: 'tls',
        address: '127.0.0.1',
        fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
        subject: 'O=Test, CN=lakeview',
      },
    ]);
    await client.close();
  });

  it('refuses a sender without certificate, with one of another authority, and one that nobody knows', async () => {
    const port = await listen(identities?.ca);
    for (const client of [undefined, foreign?.of.get('lakeview'), identities?.of.get('stranger')]) {
      const refused = connect(port, client).then((connected) => hello(connected));
      await expect(refused).rejects.toMatchObject({ code: 'source-unavailable' });
    }
    expect(handler.received).toEqual([]);
  });

  it('without an authority knows fingerprints, and believes no subject', async () => {
    const client = await connect(await listen(undefined), foreign?.of.get('lakeview'));
    await expect(hello(client)).resolves.toBe('ok hello');
    expect(handler.peers).toMatchObject([{ kind: 'tls', subject: '' }]);
    await client.close();
  });

  it('without an authority believes no subject that an authority of the system vouches for', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, identities?.ca ?? '']);
    try {
      const client = await connect(await listen(undefined), identities?.of.get('lakeview'));
      await expect(hello(client)).resolves.toBe('ok hello');
      expect(handler.peers).toMatchObject([{ kind: 'tls', subject: '' }]);
      await client.close();
    } finally {
      setDefaultCACertificates(before);
    }
  });
});
