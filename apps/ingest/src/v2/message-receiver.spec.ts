import fc from 'fast-check';
import { Registry } from 'prom-client';
import type { MllpPeer } from '#ehr';
import { GatewayError } from '#outcome';
import { MemoryInbox } from '../../../../libs/store/src/testing/memory-inbox.js';
import { MessageReceiver, type RefusedMessage } from './message-receiver.js';
import { acksIn, makeMessage, makeProfile } from './testing/messages.js';
import { V2Figures } from './v2-figures.js';

const makePeer = (): MllpPeer => ({ kind: 'plain', address: '127.0.0.1', isLoopback: true });

describe('MessageReceiver', () => {
  let inbox: MemoryInbox;
  let metrics: Registry;
  let receiver: MessageReceiver;
  let peer: MllpPeer;
  const refusals: RefusedMessage[] = [];
  const seen: string[] = [];
  const profiles = [
    makeProfile('lakeview', { versions: ['2.5.1', '2.3'], processingIds: ['P'] }),
    makeProfile('hillside', { charset: 'utf-8' }),
    makeProfile('elsewhere', { peers: { fingerprints: ['ab'.repeat(32)] } }),
  ];

  beforeEach(() => {
    inbox = new MemoryInbox();
    metrics = new Registry();
    peer = makePeer();
    refusals.length = 0;
    seen.length = 0;
    let answers = 0;
    receiver = new MessageReceiver({
      profiles,
      inbox,
      contacts: { seen: (source) => seen.push(source), left: () => undefined },
      figures: new V2Figures(metrics, () => new Map()),
      answering: () => ({
        application: 'PROVISO',
        facility: 'TEST',
        id: `A${(answers += 1)}`,
        timeMs: Date.UTC(2026, 2, 1),
      }),
      kept: () => undefined,
      report: (refused) => refusals.push(refused),
    });
  });

  const listed = () => inbox.list({ limit: 100 });

  it('keeps a message of a sender it knows, and answers AA', async () => {
    const message = makeMessage({ controlId: '1' });
    expect(acksIn(await receiver.receive(message, peer))).toEqual(['AA 1']);
    const [entry] = await listed();
    expect(entry).toMatchObject({
      source: 'lakeview',
      sender: 'LAKEVIEW|WARD',
      controlId: '1',
      message: 'ADT^A01',
      state: 'received',
    });
    expect(Buffer.from((await inbox.show(entry?.id ?? '')).bytes)).toEqual(message);
    expect(seen).toEqual(['lakeview']);
  });

  it('answers the same bytes with the very same answer', async () => {
    const message = makeMessage();
    const first = await receiver.receive(message, peer);
    expect(Buffer.from((await receiver.receive(message, makePeer())) ?? [])).toEqual(
      Buffer.from(first ?? []),
    );
    expect(await listed()).toHaveLength(1);
  });

  it('keeps other bytes under the same control id, and flags them', async () => {
    for (const family of ['Quill', 'Quilt']) {
      expect(acksIn(await receiver.receive(makeMessage({ controlId: '7', family }), peer))).toEqual(['AA 7']);
    }
    expect((await listed()).map(({ issues }) => issues.length)).toEqual([1, 0]);
  });

  it.each([
    ['a version that is not accepted', makeMessage({ controlId: '1', version: '2.2' }), 'AR 1'],
    ['a processing id that is not accepted', makeMessage({ controlId: '1', processingId: 'T' }), 'AR 1'],
    ['a sender that nobody knows', makeMessage({ controlId: '1', application: 'OTHER' }), 'AR 1'],
    [
      'a source that the peer may not speak for',
      makeMessage({ controlId: '1', application: 'ELSEWHERE' }),
      'AR 1',
    ],
    ['no control id', makeMessage({ controlId: '' }), 'AR'],
    ['a control id without end', makeMessage({ controlId: '1'.repeat(200) }), `AR ${'1'.repeat(200)}`],
    ['garbage', Buffer.from('hello'), 'AR'],
    ['nothing', Buffer.alloc(0), 'AR'],
    ['a header alone', Buffer.from('MSH'), 'AR'],
  ])('refuses %s with AR, and stores nothing', async (_what, message, ack) => {
    expect(acksIn(await receiver.receive(message, peer))).toEqual([ack]);
    expect(await listed()).toEqual([]);
    expect(refusals).toHaveLength(1);
  });

  it('answers AE where the message could not be kept', async () => {
    inbox.failNext(1, new GatewayError('overloaded', { details: 'told-to-fail' }));
    const message = makeMessage({ controlId: '1' });
    expect(acksIn(await receiver.receive(message, peer))).toEqual(['AE 1']);
    expect(acksIn(await receiver.receive(message, peer))).toEqual(['AA 1']);
  });

  it.each<[readonly [string, string], readonly string[]]>([
    [['AL', 'NE'], ['CA 1']],
    [['NE', 'NE'], []],
    [['ER', 'NE'], []],
    [['SU', 'NE'], ['CA 1']],
  ])('answers as MSH-15 and MSH-16 ask: %j', async (acks, expected) => {
    const message = makeMessage({ controlId: '1', acks });
    const answer = await receiver.receive(message, peer);
    expect(acksIn(answer)).toEqual(expected);
    expect(acksIn(await receiver.receive(message, peer))).toEqual(expected);
    expect(await listed()).toHaveLength(1);
  });

  it('keeps the messages of one frame each for itself, and answers them in one frame, in order', async () => {
    const [one, two, three] = ['1', '2', '3'].map((controlId) => makeMessage({ controlId }));
    const several = Buffer.concat(
      [one ?? one, two ?? two, makeMessage({ controlId: 'x', version: '9' })].map(
        (each) => each ?? Buffer.alloc(0),
      ),
    );
    expect(acksIn(await receiver.receive(several, peer))).toEqual(['AA 1', 'AA 2', 'AR x']);
    const batch = Buffer.concat([
      Buffer.from('BHS|^~\\&|LAKEVIEW|WARD\r'),
      three ?? Buffer.alloc(0),
      makeMessage({ controlId: '4' }),
      Buffer.from('BTS|2\r'),
    ]);
    const answer = Buffer.from((await receiver.receive(batch, peer)) ?? []).toString();
    expect(acksIn(answer)).toEqual(['AA 3', 'AA 4']);
    expect(answer).toMatch(/^BHS\|\^~\\&\|PROVISO\|[^\r]*\rMSH\|[^]*\rBTS\|2\r$/);
    expect((await listed()).map(({ controlId }) => controlId)).toEqual(['4', '3', '2', '1']);
  });

  it('reads each message in its own character set', async () => {
    const messages = [
      makeMessage({ family: 'Åström' }),
      makeMessage({ family: 'Åström', charset: 'UNICODE UTF-8' }),
      makeMessage({ family: 'Åström', application: 'HILLSIDE', charset: 'UNICODE UTF-8' }),
    ];
    for (const message of messages) expect(acksIn(await receiver.receive(message, peer))[0]).toMatch(/^AA/);
  });

  it.each([
    ['too-large', makeMessage({ controlId: '1' }), ['AR 1']],
    ['unfinished', makeMessage({ controlId: '1' }), ['AE 1']],
    ['unfinished', Buffer.from('GET / HTTP/1.1'), ['AR']],
    ['stray', Buffer.from('GET / HTTP/1.1'), ['AR']],
    ['overloaded', makeMessage({ controlId: '1' }).subarray(0, 70), ['AE 1']],
  ] as const)('answers a frame that is %s', (refusal, start, acks) => {
    expect(acksIn(receiver.refuse(refusal, start))).toEqual(acks);
  });

  it('answers every truncation of ten messages, and keeps only what has a header', async () => {
    const messages = Array.from({ length: 10 }, (_, at) =>
      makeMessage({ controlId: `T${at}`, patient: `P${at}` }),
    );
    for (const message of messages) {
      for (let length = 0; length < message.length; length += 1) {
        const [ack, ...more] = acksIn(await receiver.receive(message.subarray(0, length), peer));
        expect(ack).toMatch(/^A[AR]( |$)/);
        expect(more).toEqual([]);
      }
    }
    const kept = await inbox.list({ limit: 10_000 });
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.every(({ controlId }) => controlId.startsWith('T'))).toBe(true);
  });

  it('answers whatever comes, and rejects for nothing', async () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('MSH|^~\\&|LAKEVIEW|W', 'BHS|^~\\&', 'PID|1||7^^^MRN', '\r', '|', '\0')
        .map((text) => Buffer.from(text)),
      fc
        .string({ maxLength: 30 })
        .map((text) => makeMessage({ controlId: text, patient: text, family: text })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
        const answer = await receiver.receive(Buffer.concat(lines), peer);
        expect(answer === undefined ? ['none'] : acksIn(answer)).not.toEqual([]);
      }),
    );
  });

  it('admits peers that may speak for a source, and no others', () => {
    const print = { kind: 'tls', address: '10.0.0.1', subject: '' } as const;
    expect(receiver.admits(peer)).toBe(true);
    expect(receiver.admits({ ...print, fingerprint: 'ab'.repeat(32) })).toBe(true);
    expect(receiver.admits({ ...print, fingerprint: 'cd'.repeat(32) })).toBe(false);
  });

  it('knows a source by its connection alone where it can be no other', () => {
    receiver.admits(peer);
    expect(seen).toEqual([]);
    receiver.admits({ kind: 'tls', address: '10.0.0.1', subject: '', fingerprint: 'ab'.repeat(32) });
    expect(seen).toEqual(['elsewhere']);
  });

  it('counts by source, code and reason, and tells of nothing that a message says', async () => {
    const secret = 'Zanzibar';
    await receiver.receive(makeMessage({ family: secret, patient: secret }), peer);
    await receiver.receive(makeMessage({ family: secret, application: secret, controlId: secret }), peer);
    await receiver.receive(Buffer.from(secret), peer);
    const text = await metrics.metrics();
    expect(text).toContain('proviso_v2_received_total{source="lakeview",kind="stored"} 1');
    expect(text).toContain('proviso_v2_answers_total{code="AA"} 1');
    expect(text).toContain('proviso_v2_answers_total{code="AR"} 2');
    expect(text).toContain('proviso_v2_refused_total{reason="unknown-sender"} 1');
    expect(text + JSON.stringify(refusals)).not.toContain(secret);
  });

  it('tells of each kind of refusal once for a connection', async () => {
    for (const _ of [1, 2, 3]) await receiver.receive(Buffer.from('x'), peer);
    await receiver.receive(Buffer.from('x'), makePeer());
    expect(refusals.map(({ reason }) => reason)).toEqual(['unreadable', 'unreadable']);
  });
});
