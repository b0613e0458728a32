import { createHash, createHmac, verify } from 'node:crypto';
import fc from 'fast-check';
import { sha256, toHex } from '#digest';
import { buildRecord } from './build-record.js';
import { decodeEntry, ENTRY_BYTES, gatewayKeyId, signedMessage } from './entry.js';
import { decodePart, encodePart, openPart } from './part.js';
import { rawPublicKey, recordSigner } from './record-signer.js';
import { Salts } from './salts.js';
import { Seal } from './seal.js';
import { sealCommitted } from './seal-committed.js';
import { SAMPLE_ORIGIN, SAMPLE_WIRE, sampleKey, sampleLog, sampleRandom } from './testing/sample-log.js';
import { hashLeaf } from './tree-hash.js';

const NOTHING = { group: '', salt: new Uint8Array(0), bytes: new Uint8Array(0) };
const log = sampleLog();
const signer = recordSigner(sampleKey('gateway'), SAMPLE_ORIGIN);

function sampleOf(name: string): (typeof log.samples)[number] {
  const sample = log.samples.find((one) => one.name === name);
  if (sample === undefined) throw new Error(`no sample ${name}`);
  return sample;
}

/** The commitments by the words of the specification, without this lib. */
function commitment(tag: string, i: number, salt: Uint8Array, bytes: Uint8Array): string {
  const number = Buffer.from([0, i]);
  return createHash('sha256').update(tag).update(number).update(salt).update(bytes).digest('hex');
}

function hmac(key: Uint8Array, label: string, suffix: readonly number[] = []): Buffer {
  return createHmac('sha256', key).update(label).update(Buffer.from(suffix)).digest();
}

describe('buildRecord', () => {
  it('makes an entry of 204 bytes whose commitments follow the specification', () => {
    const { built } = sampleOf('access');
    const entry = decodeEntry(built.entry);
    expect(built.entry).toHaveLength(ENTRY_BYTES);
    expect(toHex(built.entry.subarray(0, 4))).toBe('50560101');
    expect(entry?.class).toBe(1);
    const random = sampleRandom('access')(5 * 32);
    for (const [i, name] of ['op', 'actor', 'request'].entries()) {
      const [group = NOTHING] = built.parts
        .filter(({ part }) => part === name)
        .flatMap(({ plain }) => openPart(plain));
      const key = random.subarray(i * 32, (i + 1) * 32);
      expect(toHex(group.salt)).toBe(toHex(hmac(key, 'proviso/v1/salt', [i])));
      const expected = commitment('proviso/v1/group', i, group.salt, group.bytes);
      expect(toHex(entry?.commitments[i] ?? NOTHING.salt)).toBe(expected);
    }
  });

  it('puts both sub-entries below the root, as a tree of two', () => {
    const { built } = sampleOf('access');
    const hashes = ['sub:0', 'sub:1'].map((name) => {
      const plain = built.parts.find(({ part }) => part === name)?.plain ?? sha256('');
      const commitments = openPart(plain).map(({ salt, bytes }, j) =>
        commitment('proviso/v1/sub', j, salt, bytes),
      );
      return Buffer.from(`00${commitments.join('')}`, 'hex');
    });
    const [left, right] = hashes.map((bytes) => sha256(bytes));
    const root = sha256(Buffer.concat([Buffer.from([1]), left ?? sha256(''), right ?? sha256('')]));
    expect(toHex(decodeEntry(built.entry)?.commitments[3] ?? sha256(''))).toBe(toHex(root));
  });

  it('is signed by the gateway over the origin, so that another log cannot take it over', () => {
    const { built } = sampleOf('access');
    const key = sampleKey('gateway');
    const signature = decodeEntry(built.entry)?.signature ?? sha256('');
    expect(verify(null, signedMessage(built.entry, sha256(SAMPLE_ORIGIN)), key, signature)).toBe(true);
    expect(verify(null, signedMessage(built.entry, sha256('other.example/log')), key, signature)).toBe(false);
    expect(toHex(gatewayKeyId(rawPublicKey(key)))).toBe(toHex(built.entry.subarray(132, 140)));
    expect(toHex(built.leaf)).toBe(toHex(hashLeaf(built.entry)));
  });

  it('writes groups as canonical JSON with the counters as strings', () => {
    const { built } = sampleOf('access');
    const texts = built.parts
      .flatMap(({ plain }) => openPart(plain))
      .map(({ group, bytes }) => [group, Buffer.from(bytes).toString()]);
    const groups = Object.fromEntries(texts);
    expect(groups['op']).toContain('"gateway":"gateway-1","gatewaySeq":"2","id":');
    expect(groups['sub:1/subject']).toMatch(/^\{"binding":"[0-9a-f]{64}","patient":"Patient\/person-2",/);
    expect(groups['sub:1/subject']).toContain('"subjectSeq":"2"');
    expect(groups['sub:0/links']).toBe('{"auditEvent":"AuditEvent/a1"}');
  });

  it('commits the body and the query with salts of their own', () => {
    const { built } = sampleOf('access');
    const sub = decodePart(built.parts.find(({ part }) => part === 'sub:0')?.plain ?? sha256(''));
    const content = built.parts
      .flatMap(({ plain }) => openPart(plain))
      .find(({ group }) => group === 'sub:0/content');
    const salt = hmac(sub.recordKey, 'proviso/v1/wire');
    const wire = createHash('sha256')
      .update('proviso/v1/wire\0')
      .update(salt)
      .update(SAMPLE_WIRE)
      .digest('hex');
    expect(Buffer.from(content?.bytes ?? []).toString()).toContain(`"wire":"${wire}"`);
  });

  it('gives each part the scope whose key will close it', () => {
    const scopes = sampleOf('access').built.parts.map(({ part, scope }) => [part, scope]);
    expect(scopes).toEqual([
      ['op', { kind: 'op', period: '2026-11' }],
      ['actor', { kind: 'actor', actor: 'user:practitioner-7', period: '2026-11' }],
      ['request', { kind: 'request', period: '2026-11' }],
      ['sub:0', { kind: 'person', person: 'person-1' }],
      ['sub:1', { kind: 'person', person: 'person-2' }],
    ]);
    expect(sampleOf('refusal').built.parts[1]?.scope).toMatchObject({ actor: 'client:app-1' });
  });

  it('makes one random sub-entry where there is no subject, and no part for it', () => {
    const { built } = sampleOf('nobody');
    expect(built.parts.map(({ part }) => part)).toEqual(['op', 'actor', 'request']);
    const random = sampleRandom('nobody')(4 * 32);
    expect(toHex(decodeEntry(built.entry)?.commitments[3] ?? sha256(''))).toBe(toHex(random.subarray(96)));
  });

  it('keeps a subject without a person under the scope of the request', () => {
    const { record, assigned } = sampleOf('refusal');
    const subjects = record.subjects.map((subject) => ({ ...subject, person: undefined }));
    const built = buildRecord(
      { ...record, subjects },
      { ...assigned, subjectSeqs: [0n] },
      sampleRandom('x'),
      signer,
    );
    expect(built.parts[3]).toMatchObject({ part: 'sub:0', scope: { kind: 'request', period: '2026-11' } });
    const [subject] = openPart(built.parts[3]?.plain ?? sha256(''));
    expect(Buffer.from(subject?.bytes ?? []).toString()).toContain('"person":null,"subjectSeq":null');
  });

  it('hides how many people there were up to the next power of two', () => {
    const { record } = sampleOf('access');
    const [subject] = record.subjects;
    const subjects = Array.from({ length: 5 }, () => subject).filter((one) => one !== undefined);
    const assigned = { gateway: 'g', gatewaySeq: 1n, subjectSeqs: [1n, 2n, 3n, 4n, 5n] };
    const built = buildRecord({ ...record, subjects }, assigned, sampleRandom('five'), signer);
    const depths = built.parts
      .slice(3)
      .map(({ plain }) => decodePart(plain))
      .map((part) => part.kind === 'sub' && part.path.length);
    expect(depths).toEqual([3, 3, 3, 3, 3]);
  });

  it('gives nothing twice: two records of the same content share no commitment and no byte of a key', () => {
    const { record, assigned } = sampleOf('access');
    const one = buildRecord(record, assigned, sampleRandom('one'), signer).entry;
    const two = buildRecord(record, assigned, sampleRandom('two'), signer).entry;
    const commitments = [one, two].flatMap((entry) => decodeEntry(entry)?.commitments ?? []).map(toHex);
    expect(new Set(commitments).size).toBe(8);
  });

  it('refuses missing counters, short digests and short randomness', () => {
    const { record, assigned } = sampleOf('access');
    const invalid = expect.objectContaining({ code: 'invalid-value' });
    expect(() => buildRecord(record, { ...assigned, subjectSeqs: [1n] }, sampleRandom('x'), signer)).toThrow(
      invalid,
    );
    const [subject] = record.subjects;
    const content = [{ type: 'Observation', id: 'o', versionId: 'v', canon: new Uint8Array(31) }];
    const short = { ...record, subjects: [{ ...subject, content }] };
    expect(() =>
      buildRecord(Object.assign(short), { ...assigned, subjectSeqs: [1n] }, sampleRandom('x'), signer),
    ).toThrow(invalid);
    expect(() => buildRecord(record, assigned, () => new Uint8Array(40), signer)).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });
});

describe('openPart', () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const group = fc.uint8Array({ maxLength: 80 });

  it('reads back what was encoded', () => {
    const sub = fc.record({
      kind: fc.constant('sub' as const),
      recordKey: hash,
      groups: fc.tuple(group, group, group, group),
      position: fc.nat(1000),
      path: fc.array(hash, { maxLength: 5 }),
      canons: fc.array(hash, { maxLength: 5 }),
    });
    fc.assert(
      fc.property(sub, (part) => {
        expect(JSON.stringify(decodePart(encodePart(part)))).toBe(JSON.stringify(toBuffers(part)));
      }),
    );
  });

  it('refuses bytes that were cut or have more behind them', () => {
    const broken = expect.objectContaining({ code: 'integrity-failure' });
    for (const { plain } of sampleOf('access').built.parts) {
      for (let length = 0; length < plain.length; length += 7) {
        expect(() => openPart(plain.subarray(0, length))).toThrow(broken);
      }
      expect(() => openPart(Buffer.concat([plain, Buffer.from([0])]))).toThrow(broken);
      expect(() => openPart(Buffer.concat([Buffer.from([2]), plain.subarray(1)]))).toThrow(broken);
    }
  });
});

const buffers = (list: readonly Uint8Array[]): Buffer[] => list.map((bytes) => Buffer.from(bytes));

/** As decoding gives them: buffers print alike. */
function toBuffers(part: Extract<ReturnType<typeof decodePart>, { kind: 'sub' }>): object {
  const { kind, recordKey, groups, position, path, canons } = part;
  return {
    kind,
    recordKey: Buffer.from(recordKey),
    groups: buffers(groups),
    position,
    path: buffers(path),
    canons: buffers(canons),
  };
}

describe('Salts', () => {
  it('are HMACs of the record key, each label and number another', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.nat(255),
        fc.nat(2 ** 31),
        (key, i, k) => {
          const salts = new Salts(key);
          const number = Buffer.alloc(4);
          number.writeUInt32BE(k);
          expect(toHex(salts.group(i))).toBe(hmac(key, 'proviso/v1/salt', [i]).toString('hex'));
          expect(toHex(salts.wire())).toBe(hmac(key, 'proviso/v1/wire').toString('hex'));
          expect(toHex(salts.parameters())).toBe(hmac(key, 'proviso/v1/parameters').toString('hex'));
          expect(toHex(salts.canon(k))).toBe(hmac(key, 'proviso/v1/canon', [...number]).toString('hex'));
          expect(toHex(salts.upstream(k))).toBe(
            hmac(key, 'proviso/v1/upstream', [...number]).toString('hex'),
          );
          expect(toHex(salts.pad(k))).toBe(hmac(key, 'proviso/v1/pad', [...number]).toString('hex'));
        },
      ),
    );
  });

  it('need a key of 32 bytes', () => {
    expect(() => new Salts(new Uint8Array(31))).toThrow(RangeError);
  });
});

describe('Seal', () => {
  it('is told from a look-alike', () => {
    const at = { origin: SAMPLE_ORIGIN, index: 1n, leaf: sha256(''), size: 2n };
    expect(Seal.is(sealCommitted(at))).toBe(true);
    expect(Seal.is(Object.assign({}, sealCommitted(at)))).toBe(false);
    expect(Seal.is(Object.create(Seal.prototype))).toBe(false);
  });
});
