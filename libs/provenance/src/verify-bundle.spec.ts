import fc from 'fast-check';
import { GatewayError } from '#outcome';
import type { Bundle, BundleAnchor } from './bundle.js';
import { parseBundle, writeBundle } from './bundle-text.js';
import { erasedLeaf } from './erased-tree.js';
import { openPart } from './part.js';
import type { Policy } from './policy.js';
import { sampleAnchor, sampleBundle } from './testing/sample-bundle.js';
import { SAMPLE_RESOURCE, SAMPLE_WIRE, sampleLog } from './testing/sample-log.js';
import { inclusionProof } from './tile-proof.js';
import { verifyBundle, type Verdict } from './verify-bundle.js';
import type { VerifyOptions } from './verify-record.js';

const log = sampleLog();
const { policy } = log;
const size = BigInt(log.samples.length);
const bundle = await sampleBundle(log, 'access');
const anchor = await sampleAnchor(log, 3n);
const anchored: Bundle = { ...bundle, anchors: [anchor] };
/** Shows what the claims below need, and nothing else. */
const own: Bundle = {
  ...(await sampleBundle(log, 'access', (part) => part === 'op' || part === 'sub:0')),
  anchors: [anchor],
};
const claims: VerifyOptions = { resource: SAMPLE_RESOURCE, wire: SAMPLE_WIRE };
const RECORD_TIME_S = Date.parse('2026-11-18T10:00:02Z') / 1000;
const authentic = {
  anchorsChecked: [{ anchor: 0, state: 'authentic', blockTimeS: RECORD_TIME_S + 60 }],
} as const;

function stateOf({ checks }: Verdict, name: string): string {
  return checks.find((check) => check.name === name)?.state ?? 'absent';
}

function failures({ checks }: Verdict): string[] {
  return checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
}

/** Every hash, salt and text of a bundle that a checked claim rests on, as a way to put another in its place. */
function places(source: Bundle): { name: string; bytes: Uint8Array; put: (bytes: Uint8Array) => Bundle }[] {
  const copy = structuredClone(source);
  const found: { name: string; bytes: Uint8Array; path: (string | number)[] }[] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (value instanceof Uint8Array) found.push({ name: path.join('.'), bytes: value, path });
    else if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) walk(item, [...path, name]);
    }
  };
  walk(copy, []);
  return found.map(({ name, bytes, path }) => ({
    name,
    bytes,
    put: (other) => replaced(source, path, other),
  }));
}

function replaced(source: Bundle, path: readonly (string | number)[], bytes: Uint8Array): Bundle {
  const visit = (value: unknown, [head, ...rest]: readonly (string | number)[]): unknown => {
    if (head === undefined) return bytes;
    if (Array.isArray(value)) return value.map((item, i) => (i === head ? visit(item, rest) : item));
    return Object.fromEntries(
      Object.entries(Object(value)).map(([name, item]) => [name, name === head ? visit(item, rest) : item]),
    );
  };
  return Object.assign(structuredClone(source), visit(source, path));
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

describe('verifyBundle', () => {
  it('finds a whole receipt valid, and says that it is not anchored', () => {
    const verdict = verifyBundle(bundle, policy, claims);
    expect(failures(verdict)).toEqual([]);
    expect(verdict.kind).toBe('valid-not-anchored');
    expect(verdict.checks.filter(({ state }) => state === 'ok').map(({ name }) => name)).toEqual([
      'checkpoint',
      'witnesses',
      'entry',
      'gateway-signature',
      'opening:op',
      'opening:actor',
      'opening:request',
      ...[0, 1].flatMap((j) =>
        ['subject', 'content', 'decision', 'links'].map((name) => `opening:sub:${j}/${name}`),
      ),
      'sub-entry:0',
      'sub-entry:1',
      'wire',
      'resource',
      'inclusion',
      expect.stringMatching(/^binding:[0-9a-f]{16}$/),
      'basis',
    ]);
  });

  it('reads a receipt back from its text and comes to the same', () => {
    const text = writeBundle(anchored);
    expect(writeBundle(parseBundle(text))).toBe(text);
    expect(verifyBundle(parseBundle(text), policy, claims)).toEqual(verifyBundle(anchored, policy, claims));
    expect(text.length).toBeLessThan(16_000);
  });

  it('finds receipts of a refusal and of nobody valid', async () => {
    for (const name of ['refusal', 'nobody', 'erasure', 'binding']) {
      const verdict = verifyBundle(await sampleBundle(log, name), policy);
      expect([name, failures(verdict), verdict.kind]).toEqual([name, [], 'valid-not-anchored']);
    }
  });

  it('shows only the parts that were asked for', async () => {
    const mine = await sampleBundle(log, 'access', (part) => part === 'sub:0');
    expect(mine.openings.every(({ group }) => group.startsWith('sub:0/'))).toBe(true);
    expect(verifyBundle(mine, policy, claims).kind).toBe('valid-not-anchored');
    const other = await sampleBundle(log, 'access', (part) => part === 'sub:1');
    expect(failures(verifyBundle(other, policy, claims))).toEqual(['wire', 'resource']);
  });

  it('takes a resource in any serialisation, and no other resource and no other body', () => {
    const spaced = JSON.stringify(JSON.parse(SAMPLE_RESOURCE), null, 2);
    expect(stateOf(verifyBundle(bundle, policy, { resource: spaced }), 'resource')).toBe('ok');
    const changed = SAMPLE_RESOURCE.replace('final', 'entered-in-error');
    expect(verifyBundle(bundle, policy, { resource: changed }).kind).toBe('invalid');
    expect(verifyBundle(bundle, policy, { resource: '{"a":1,"a":1}' }).kind).toBe('invalid');
    expect(verifyBundle(bundle, policy, { wire: Buffer.from(spaced) }).kind).toBe('invalid');
    expect(
      verifyBundle(bundle, policy, { wire: Buffer.from(SAMPLE_RESOURCE.replace('1.10', '1.1')) }).kind,
    ).toBe('invalid');
  });

  it('finds it invalid when any one bit of any hash, salt, entry or group is changed', () => {
    const erasable = places(anchored);
    expect(erasable.length).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.nat(erasable.length - 1), fc.nat(), (pick, bit) => {
        const place = erasable[pick];
        if (place === undefined || isUnused(place.name)) return;
        const kind = verifyBundle(place.put(flipped(place.bytes, bit)), policy, {
          ...claims,
          ...authentic,
        }).kind;
        expect([place.name, kind]).toEqual([place.name, 'invalid']);
      }),
      { numRuns: 600 },
    );
  });

  it('finds it invalid when any one character of the proof is changed', () => {
    const { tlogProof } = bundle;
    fc.assert(
      fc.property(
        fc.nat(tlogProof.length - 1),
        fc.constantFrom('A', '0', '\n', ' ', 'é'),
        (at, character) => {
          fc.pre(tlogProof[at] !== character);
          const changed = {
            ...bundle,
            tlogProof: tlogProof.slice(0, at) + character + tlogProof.slice(at + 1),
          };
          expect(verifyBundle(changed, policy).kind).toBe('invalid');
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is never anchored by a text in which any one character was changed, unless that says the same', () => {
    const text = writeBundle(own);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('A', '0', '"', ',', 'é'), (at, character) => {
        fc.pre(text[at] !== character);
        const kind = kindOfText(text.slice(0, at) + character + text.slice(at + 1));
        const claimed = /"(?:transaction|block|blockHash)":"[^"]*$/.test(text.slice(0, at));
        expect(kind === 'valid-anchored' && !claimed).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });
});

/** Salts of the second sub-entry's resources and of query parameters open what nobody claims here. */
function isUnused(name: string): boolean {
  return /^(resources\.[123]|salts\.[02])\./.test(name);
}

function kindOfText(text: string): string {
  try {
    const read = parseBundle(text);
    if (writeBundle(read) === writeBundle(own)) return 'same';
    return verifyBundle(read, policy, { ...claims, ...authentic }).kind;
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

const judge = (one: BundleAnchor, options: VerifyOptions = authentic, by: Policy = policy): Verdict =>
  verifyBundle({ ...bundle, anchors: [one] }, by, options);

describe('anchors', () => {
  it('count where they cover the entry, from before or after the checkpoint, and their block was checked', async () => {
    for (const at of [2n, 3n, size]) {
      expect(judge(await sampleAnchor(log, at)).kind).toBe('valid-anchored');
    }
  });

  it('count by a later head too, that grew out of the checkpoint', async () => {
    const early = await sampleBundle(log, 'access', () => true, 3n);
    for (const later of [3n, 4n, size]) {
      const anchors = [await sampleAnchor(log, later, 3n)];
      expect(verifyBundle({ ...early, anchors }, policy, authentic).kind).toBe('valid-anchored');
    }
  });

  it('are claims as long as nobody looked at the chain', () => {
    const verdict = judge(anchor, {});
    expect(verdict.kind).toBe('valid-not-anchored');
    expect(stateOf(verdict, 'anchor:0')).toBe('skipped');
  });

  it('make a receipt invalid that the chain refutes', () => {
    expect(judge(anchor, { anchorsChecked: [{ anchor: 0, state: 'refuted' }] }).kind).toBe('invalid');
  });

  it('do not count where the head ends before the entry', async () => {
    expect(failures(judge(await sampleAnchor(log, 1n)))).toEqual(['anchor:0']);
  });

  it('do not count with another root or without the consistency proof', () => {
    expect(judge({ ...anchor, root: log.tree.root(2n) }).kind).toBe('invalid');
    expect(judge({ ...anchor, consistency: [] }).kind).toBe('invalid');
    expect(judge({ ...anchor, size: 4n }).kind).toBe('invalid');
  });

  it('do not count from a contract or code that is not pinned, nor from an unknown chain', () => {
    expect(judge({ ...anchor, contract: `0x${'c1'.repeat(20)}` }).kind).toBe('invalid');
    expect(judge({ ...anchor, codeHash: `0x${'00'.repeat(32)}` }).kind).toBe('invalid');
    expect(judge({ ...anchor, chainId: '1' }).kind).toBe('valid-not-anchored');
  });

  it('do not count on a development chain unless that is allowed', () => {
    const chains = policy.chains.map((chain) => ({ ...chain, development: true }));
    expect(judge(anchor, authentic, { ...policy, chains }).kind).toBe('valid-not-anchored');
    const allowed = { ...authentic, allowDevelopmentChain: true };
    expect(judge(anchor, allowed, { ...policy, chains }).kind).toBe('valid-anchored');
  });

  it('refute a record that says a time after its anchor', () => {
    const late = {
      anchorsChecked: [{ anchor: 0, state: 'authentic', blockTimeS: RECORD_TIME_S - 31 }],
    } as const;
    expect(judge(anchor, late).kind).toBe('invalid');
  });
});

describe('the policy', () => {
  it('decides whom to trust: without the log, witness or gateway key nothing is valid', () => {
    expect(failures(verifyBundle(bundle, { ...policy, logs: [] }))).toContain('checkpoint');
    expect(failures(verifyBundle(bundle, { ...policy, witnesses: [] }))).toEqual(['witnesses']);
    expect(failures(verifyBundle(bundle, { ...policy, gateways: [] }))).toContain('gateway-signature');
  });

  it('gives a log key no say beyond its sizes', () => {
    const [first] = policy.logs;
    if (first === undefined) throw new Error('no log key');
    const ranged = (fromSize: bigint, toSize: bigint): Policy => ({
      ...policy,
      logs: [{ ...first, fromSize, toSize }],
    });
    expect(verifyBundle(bundle, ranged(0n, size + 1n)).kind).toBe('valid-not-anchored');
    expect(verifyBundle(bundle, ranged(0n, size)).kind).toBe('invalid');
    expect(verifyBundle(bundle, ranged(size + 1n, size + 2n)).kind).toBe('invalid');
  });

  it('refuses a consent that is cited from a contract it does not pin', () => {
    const chains = policy.chains.map((chain) => ({ ...chain, contracts: [] }));
    expect(failures(verifyBundle(bundle, { ...policy, chains }))).toEqual(['basis']);
  });
});

describe('the cited block', () => {
  it.each([
    [RECORD_TIME_S - 5, 'ok'],
    [RECORD_TIME_S - 600, 'ok'],
    [RECORD_TIME_S - 601, 'failed'],
    [RECORD_TIME_S + 30, 'ok'],
    [RECORD_TIME_S + 31, 'failed'],
  ])('at time %i is judged %s', (projectionBlockTimeS, state) => {
    expect(stateOf(verifyBundle(bundle, policy, { projectionBlockTimeS }), 'projection')).toBe(state);
  });

  it('is not judged where its time or the op group is not known', async () => {
    expect(stateOf(verifyBundle(bundle, policy), 'projection')).toBe('skipped');
    const mine = await sampleBundle(log, 'access', (part) => part === 'sub:0');
    expect(stateOf(verifyBundle(mine, policy, { projectionBlockTimeS: 0 }), 'projection')).toBe('skipped');
  });
});

describe('bindings', () => {
  it('must be there, be of their class, and be earlier', async () => {
    expect(verifyBundle({ ...bundle, bindings: [] }, policy).kind).toBe('invalid');
    const [binding] = bundle.bindings;
    if (binding === undefined) throw new Error('no binding');
    expect(verifyBundle({ ...bundle, bindings: [{ ...binding, index: 1n }] }, policy).kind).toBe('invalid');
    const refusal = log.samples[2]?.built.entry ?? new Uint8Array(0);
    const later = { entry: refusal, index: 2n, path: await inclusionProof(2n, size, log.tree.read) };
    expect(verifyBundle({ ...bundle, bindings: [later] }, policy).kind).toBe('invalid');
  });
});

async function erasedBundle(): Promise<Bundle> {
  const shown = await sampleBundle(log, 'access', (part) => !part.startsWith('sub:'));
  const sample = log.samples[4];
  const [opened] = openPart(sample?.built.parts[0]?.plain ?? new Uint8Array(0));
  if (sample === undefined || opened === undefined) throw new Error('no notice');
  const notice = {
    entry: sample.built.entry,
    index: 4n,
    path: await inclusionProof(4n, size, log.tree.read),
    salt: opened.salt,
    bytes: opened.bytes,
    position: 0n,
    memberPath: [erasedLeaf(2n)],
  };
  return { ...shown, erased: [{ part: 'sub:0', notice }, { part: 'sub:1' }] };
}

describe('erasure', () => {
  it('leaves the rest verifiable, and is told by its notice', async () => {
    const verdict = verifyBundle(await erasedBundle(), policy);
    expect(failures(verdict)).toEqual([]);
    expect(verdict.kind).toBe('erased');
    expect([stateOf(verdict, 'erasure:sub:0'), stateOf(verdict, 'erasure:sub:1')]).toEqual(['ok', 'skipped']);
    expect(stateOf(verdict, 'opening:sub:0')).toBe('skipped');
    const text = writeBundle(await erasedBundle());
    expect(writeBundle(parseBundle(text))).toBe(text);
  });

  it('is invalid where any bit of the notice is changed', async () => {
    const erased = await erasedBundle();
    const notices = places(erased).filter(({ name }) => name.startsWith('erased.'));
    fc.assert(
      fc.property(fc.nat(notices.length - 1), fc.nat(), (pick, bit) => {
        const place = notices[pick];
        const changed = place === undefined ? erased : place.put(flipped(place.bytes, bit));
        expect([place?.name, verifyBundle(changed, policy).kind]).toEqual([place?.name, 'invalid']);
      }),
      { numRuns: 200 },
    );
  });

  it('cannot be claimed of a part that is shown, nor for another record', async () => {
    expect(verifyBundle({ ...bundle, erased: [{ part: 'sub:0' }] }, policy).kind).toBe('invalid');
    const { erased } = await erasedBundle();
    const refusal = await sampleBundle(log, 'refusal', (part) => part === 'op');
    expect(verifyBundle({ ...refusal, erased }, policy).kind).toBe('invalid');
  });

  it('leaves nothing in the entry by which a small set of values can be tried', () => {
    const tried = ['final', 'preliminary', 'amended'].flatMap((status) => [
      SAMPLE_RESOURCE.replace('final', status),
      JSON.stringify({ status }),
    ]);
    const entry = Buffer.from(bundle.entry).toString('hex');
    for (const text of tried) {
      const verdict = verifyBundle({ ...bundle, openings: [], salts: [], resources: [] }, policy, {
        resource: text,
      });
      expect(stateOf(verdict, 'resource')).toBe('failed');
      expect(entry).not.toContain(Buffer.from(text).toString('hex'));
    }
  });
});

describe('what a verifier does not know', () => {
  it('is said: an entry of another version is checked for inclusion, its contents are unknown', () => {
    const entry = Uint8Array.from(bundle.entry);
    entry[2] = 2;
    const verdict = verifyBundle({ ...bundle, entry }, policy);
    expect(stateOf(verdict, 'entry')).toBe('skipped');
    expect(stateOf(verdict, 'openings')).toBe('skipped');
    expect(stateOf(verdict, 'inclusion')).toBe('failed');
  });

  it('is refused: groups that do not exist, cannot be read, or stand twice in one place', () => {
    const [first] = bundle.openings;
    if (first === undefined) throw new Error('no opening');
    const openings = [...bundle.openings, { ...first, group: 'sub:00/subject' }];
    expect(verifyBundle({ ...bundle, openings }, policy).kind).toBe('invalid');
    const unreadable = [...bundle.openings, { ...first, bytes: Buffer.from('{') }];
    expect(failures(verifyBundle({ ...bundle, openings: unreadable }, policy))).toContain('content:op');
  });
});

describe('parseBundle', () => {
  const text = writeBundle(anchored);

  it.each([
    ['another format', text.replace('proviso/v1/bundle', 'proviso/v2/bundle')],
    ['a number for a counter', text.replace('"size":"3"', '"size":3')],
    ['a leading zero', text.replace('"size":"3"', '"size":"03"')],
    ['a negative position', text.replace('"position":0', '"position":-1')],
    ['a fraction', text.replace('"position":0', '"position":0.0')],
    ['a missing entry', text.replace('"entry"', '"entries"')],
    ['an object for a list', text.replace('"vkeys":[]', '"vkeys":{}')],
    ['base64 that is not canonical', text.replace('"entry":"UF', '"entry":"UF\\n')],
    ['a member twice', text.replace('"vkeys":[]', '"vkeys":[],"vkeys":[]')],
    ['a list', '[]'],
    ['no JSON', 'x'],
  ])('refuses %s', (_, source) => {
    expect(source).not.toBe(text);
    expect(() => parseBundle(source)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('ignores members that it does not know', () => {
    const more = text.replace('"vkeys":[]', '"vkeys":[],"later":{"a":1.50}');
    expect(writeBundle(parseBundle(Buffer.from(more)))).toBe(text);
  });
});
