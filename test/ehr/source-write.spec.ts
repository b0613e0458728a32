import { createServer, type Server } from 'node:http';
import { permitSource, permitWrite } from '#consent';
import type { FhirSource } from '#ehr';
import { MemorySource } from '../../libs/ehr/src/testing/memory-source.js';
import {
  changeOf,
  conditionOf,
  createOf,
  heldAfter,
  shouldBehaveLikeWritableSource,
  textOf,
} from '../../libs/ehr/src/testing/source-write.contract.js';
import { NorthsideHarness, NORTHSIDE_WRITES } from './northside-harness.js';
import { decisionTo, writePermits } from './write-permits.js';

const PATIENT = 'n-1003';
const foreign = {
  collect: writePermits('other').collect,
  source: permitSource({ source: 'other' }),
};

describe('permitWrite', () => {
  it('makes nothing of a decision to read', () => {
    const at = permitSource({ source: 'northside' });
    expect(() => permitWrite(decisionTo('read'), at)).toThrow(expect.objectContaining({ code: 'internal' }));
    expect(permitWrite(decisionTo('create'), at)).toMatchObject({ source: 'northside', action: 'collect' });
    expect(permitWrite(decisionTo('update'), at)).toMatchObject({ action: 'correct' });
  });
});

describe('MemorySource, written to', () => {
  const source = new MemorySource('memory', []);
  shouldBehaveLikeWritableSource(() => ({
    source,
    permit: permitSource({ source: 'memory' }),
    ...writePermits('memory'),
    foreign,
    patient: 'a',
    loseAnswer: () => Promise.resolve(source.failNextWrite('lost')),
    failUnseen: () => Promise.resolve(source.failNextWrite('unknown')),
    refuse: () => Promise.resolve(source.failNextWrite('refused')),
  }));
});

describe('FhirSource, writing to Northside', () => {
  let northside: NorthsideHarness;
  let source: FhirSource;
  const permits = () => writePermits('northside', northside.pace.nowMs());

  beforeAll(async () => {
    northside = await NorthsideHarness.start();
    source = await northside.source({ write: { ...NORTHSIDE_WRITES, timeoutMs: 1_500 } });
  });
  beforeEach(() => northside.calm());
  afterAll(() => northside.stop());

  shouldBehaveLikeWritableSource(() => ({
    source,
    permit: northside.permit,
    ...permits(),
    foreign,
    patient: PATIENT,
    loseAnswer: () => northside.faults({ kind: 'write-then-hang', times: 1 }),
    failUnseen: () => northside.faults({ kind: 'refuse-write', status: 500, times: 1 }),
    refuse: () => northside.faults({ kind: 'refuse-write', status: 422, times: 1 }),
  }));

  async function conditions(): Promise<number> {
    const visits = await northside.visits();
    return visits.filter(({ method, url }) => method !== 'GET' && url.startsWith('/r4/Condition')).length;
  }

  /** How Northside breaks, what is said of the write, and whether it was made. */
  const FAULTS = [
    [
      'an answer that never comes',
      { kind: 'write-then-hang' },
      { kind: 'unknown', code: 'source-timeout' },
      true,
    ],
    ['a 500 after it was written', { kind: 'status', status: 500 }, { kind: 'unknown' }, true],
    ['a 503 before', { kind: 'refuse-write', status: 503 }, { kind: 'unknown' }, false],
    ['a connection cut in the answer', { kind: 'cut', afterBytes: 20 }, { kind: 'done' }, true],
    ['an answer that is no JSON', { kind: 'garbage' }, { kind: 'done' }, true],
    ['an answer that is too large', { kind: 'huge', bytes: 1_000_000 }, { kind: 'done' }, true],
    ['a redirect', { kind: 'redirect', url: '/elsewhere' }, { kind: 'unknown' }, true],
    ['too many requests', { kind: 'refuse-write', status: 429 }, { kind: 'not-sent' }, false],
    ['a refusal', { kind: 'refuse-write', status: 403 }, { kind: 'refused', reason: 'forbidden' }, false],
  ] as const;
  it.each(FAULTS)('tells the truth after %s', async (_name, fault, expected, isMade) => {
    await northside.faults({ ...fault, match: '/Condition', times: 1 });
    const change = createOf(PATIENT);
    await expect(source.write(permits().collect, change)).resolves.toMatchObject(expected);
    expect(await conditions()).toBe(1);
    const finding = await source.lookUp(northside.permit, change);
    expect(finding.kind).toBe(isMade ? 'found' : 'absent');
  });

  it('knows what a vendor holds that answers with a Location alone', async () => {
    const change = {
      ...createOf(PATIENT),
      type: 'AllergyIntolerance',
      resource: {
        resourceType: 'AllergyIntolerance',
        code: { text: 'Hazelnut' },
        patient: { reference: `Patient/${PATIENT}` },
      },
    };
    const held = heldAfter(await source.write(permits().collect, change));
    expect(textOf(held)).toBe('Hazelnut');
    const silent = { ...change, key: crypto.randomUUID() };
    await northside.faults({ kind: 'refuse-token' }, { kind: 'write-then-hang', times: 1 });
    await expect(source.write(permits().collect, silent)).resolves.toMatchObject({ kind: 'unknown' });
    await northside.faults();
    await expect(source.lookUp(northside.permit, silent)).resolves.toMatchObject({ kind: 'found' });
  });

  it('asks for another token where the first was dropped, and writes once', async () => {
    await northside.admin('DELETE', 'tokens');
    const before = await conditions();
    expect((await source.write(permits().collect, createOf(PATIENT))).kind).toBe('done');
    const visits = await northside.visits();
    const made = visits.filter(
      ({ method, url, status }) => method === 'POST' && url === '/r4/Condition' && status === 201,
    );
    expect(made).toHaveLength(1);
    expect(before).toBe(0);
  });

  it('sends nothing where the vendor asked to be left alone, or is larger than may be sent', async () => {
    await northside.faults({ kind: 'status', status: 503, retryAfter: '3600', times: 1, match: '/Patient' });
    const patient = await northside.source({ write: NORTHSIDE_WRITES });
    await patient.find(northside.permit, ['x|y']).catch(() => undefined);
    const left = await patient.write(permits().collect, createOf(PATIENT));
    expect(left).toMatchObject({ kind: 'not-sent', code: 'source-unavailable' });
    const small = await northside.source({ write: { ...NORTHSIDE_WRITES, bytes: 1_024 } });
    const large = createOf(PATIENT, 'x'.repeat(2_000));
    await expect(small.write(permits().collect, large)).resolves.toMatchObject({
      kind: 'refused',
      status: 413,
    });
    expect(await conditions()).toBe(0);
  });

  it('finds an update again by its content, where the vendor keeps no tags', async () => {
    const types = [{ type: 'Condition', methods: ['update' as const, 'delete' as const] }];
    const plain = await northside.source({ write: { types, foundBy: 'content', timeoutMs: 1_500 } });
    const created = heldAfter(await source.write(permits().collect, createOf(PATIENT)));
    const update = changeOf(created, PATIENT, 'Sinusitis');
    await expect(plain.lookUp(northside.permit, update)).resolves.toEqual({ kind: 'absent' });
    await northside.faults({ kind: 'write-then-hang', times: 1 });
    await expect(plain.write(permits().correct, update)).resolves.toMatchObject({ kind: 'unknown' });
    await expect(plain.lookUp(northside.permit, update)).resolves.toMatchObject({ kind: 'found' });
    const other = { ...update, resource: conditionOf(PATIENT, 'Flu') };
    await expect(plain.lookUp(northside.permit, other)).resolves.toEqual({ kind: 'superseded' });
  });

  it('does not use a permit that ran out', async () => {
    const late = writePermits('northside', northside.pace.nowMs() - 3_600_000);
    await expect(source.write(late.collect, createOf(PATIENT))).rejects.toMatchObject({ code: 'internal' });
    expect(await conditions()).toBe(0);
  });
});

describe('FhirSource, writing to nobody', () => {
  let northside: NorthsideHarness;
  let dead: Server;
  beforeAll(async () => {
    northside = await NorthsideHarness.start();
    dead = createServer((request) => request.socket.destroy());
    await new Promise<void>((resolve) => {
      dead.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(async () => {
    await northside.stop();
    dead.closeAllConnections();
  });

  it('tells what was never sent from what may have been received', async () => {
    const address = dead.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const auth = { ...northside.profile().auth, tokenUrl: `${northside.origin}/oauth/token` };
    const change = { auth, baseUrl: `http://127.0.0.1:${port}/r4`, write: NORTHSIDE_WRITES };
    const source = await northside.source(change);
    const { collect } = writePermits('northside', northside.pace.nowMs());
    await expect(source.write(collect, createOf(PATIENT))).resolves.toMatchObject({ kind: 'unknown' });
    await new Promise((resolve) => {
      dead.close(resolve);
    });
    await expect(source.write(collect, createOf(PATIENT))).resolves.toMatchObject({
      kind: 'not-sent',
      code: 'source-unavailable',
    });
  });
});
