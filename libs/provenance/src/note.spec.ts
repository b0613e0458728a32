import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { toBase64, toHex } from '#digest';
import { parseCheckpointText, writeCheckpointText } from './checkpoint.js';
import { parseNote, writeNote } from './note.js';
import {
  addSignatures,
  checkpointSigner,
  isOfKey,
  signCheckpoint,
  verifySignature,
} from './note-signature.js';
import { SAMPLE_ORIGIN, sampleKey } from './testing/sample-log.js';
import { EMPTY_ROOT, hashLeaf } from './tree-hash.js';
import { encodeVkey, noteKeyOf, parseVkey, SIGNATURE_TYPE } from './vkey.js';

const malformed = expect.objectContaining({ code: 'malformed' });
const root = hashLeaf(Buffer.from('root'));
const text = writeCheckpointText({ origin: SAMPLE_ORIGIN, size: 7n, root });
const mlDsa = generateKeyPairSync('ml-dsa-44').privateKey;
const log = checkpointSigner(SAMPLE_ORIGIN, SIGNATURE_TYPE.ed25519, sampleKey('log'));
const pqLog = checkpointSigner(SAMPLE_ORIGIN, SIGNATURE_TYPE.mlDsa44, mlDsa);
const witness = checkpointSigner(
  'witness.example/w1',
  SIGNATURE_TYPE.ed25519Cosignature,
  sampleKey('witness'),
);
const signers = [log, pqLog, witness];

describe('signed notes', () => {
  it('verify the example of the signed-note specification of the Go project', () => {
    const key = parseVkey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const note = parseNote(
      'If you think cryptography is the answer to your problem,\n' +
        "then you don't know what your problem is.\n\n" +
        '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
    );
    const [line] = note.signatures;
    expect(line && isOfKey(line, key)).toBe(true);
    expect(line && verifySignature(note.text, line, key)).toBe(0n);
  });

  it('are read back as they were written', () => {
    const note = signCheckpoint(text, signers, 1_700_000_000n);
    expect(writeNote(parseNote(note))).toBe(note);
    expect(parseNote(note).signatures.map(({ signature }) => signature.length)).toEqual([64, 2428, 72]);
  });

  it.each([
    ['no signature', `${text}\n`],
    ['no blank line', text],
    ['no text', `\n— a AAAAAAA=\n`],
    ['a carriage return', `${text}\r\n— a AAAAAAA=\n`],
    ['a tab', `a\tb\n\n— a AAAAAAA=\n`],
    ['no newline at the end', `${text}\n— a AAAAAAA=`],
    ['a hyphen for the dash', `${text}\n- a AAAAAAA=\n`],
    ['a name with a plus sign', `${text}\n— a+b AAAAAAA=\n`],
    ['a key id without a signature', `${text}\n— a AAAAAA==\n`],
    ['base64 that is not canonical', `${text}\n— a AAAAAAB=\n`],
    ['text after the signature', `${text}\n— a AAAAAAA= x\n`],
    ['too many signatures', `${text}\n${'— a AAAAAAA=\n'.repeat(65)}`],
  ])('are refused with %s', (_, source) => {
    expect(() => parseNote(source)).toThrow(malformed);
  });
});

describe('checkpoint signatures', () => {
  it.each(signers)('of each type verify, and not for another text or under another key', (signer) => {
    const note = parseNote(signCheckpoint(text, [signer], 1_700_000_000n));
    const [line] = note.signatures;
    if (line === undefined) throw new Error('no signature');
    const timeS = signer.key.type === SIGNATURE_TYPE.ed25519 ? 0n : 1_700_000_000n;
    expect(verifySignature(note.text, line, signer.key)).toBe(timeS);
    const other = writeCheckpointText({ origin: SAMPLE_ORIGIN, size: 8n, root });
    expect(verifySignature(other, line, signer.key)).toBeUndefined();
    expect(signers.filter(({ key }) => isOfKey(line, key))).toEqual([signer]);
  });

  it.each(signers)('fail when any one bit of them is changed', (signer) => {
    const line = { name: signer.key.name, keyId: Buffer.alloc(4), signature: signer.sign(text, 5n) };
    fc.assert(
      fc.property(fc.nat(line.signature.length * 8 - 1), (bit) => {
        const signature = Uint8Array.from(line.signature);
        const byte = Math.floor(bit / 8);
        signature[byte] = (signature[byte] ?? 0) ^ (1 << (bit % 8));
        expect(verifySignature(text, { ...line, signature }, signer.key)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
    expect(
      verifySignature(text, { ...line, signature: line.signature.subarray(0, 8) }, signer.key),
    ).toBeUndefined();
  });

  it('bind the cosigner’s name (ML-DSA-44)', () => {
    const other = { ...pqLog.key, name: 'proviso.example/log/other' };
    const line = { name: other.name, keyId: Buffer.alloc(4), signature: pqLog.sign(text, 5n) };
    expect(verifySignature(text, line, pqLog.key)).toBe(5n);
    expect(verifySignature(text, line, other)).toBeUndefined();
  });

  it('can be added by a witness later', () => {
    const note = signCheckpoint(text, [log], 0n);
    const { signatures } = parseNote(signCheckpoint(text, [witness], 9n));
    expect(addSignatures(note, signatures)).toBe(signCheckpoint(text, [log, witness], 9n));
  });
});

describe('vkeys', () => {
  it.each(signers)('are read back as they were written', ({ key }) => {
    const parsed = parseVkey(encodeVkey(key));
    expect({ ...parsed, publicKey: toHex(parsed.publicKey) }).toEqual({
      ...key,
      publicKey: toHex(key.publicKey),
    });
  });

  it.each([
    ['another key id', 'example.com/log/testdata+33d7b497+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'],
    ['another name', 'example.com/log/testdatb+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'],
    ['an unknown type', 'example.com/log/testdata+33d7b496+AuHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'],
    ['a short key', 'example.com/log/testdata+33d7b496+AeHTu4Q3'],
    ['a space in the name', 'example.com log+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx'],
    ['nothing', ''],
  ])('are refused with %s', (_, vkey) => {
    expect(() => parseVkey(vkey)).toThrow(malformed);
  });

  it('are not made of a key of another kind', () => {
    const invalid = expect.objectContaining({ code: 'invalid-value' });
    expect(() => noteKeyOf('a', SIGNATURE_TYPE.ed25519, mlDsa)).toThrow(invalid);
    expect(() => noteKeyOf('a b', SIGNATURE_TYPE.ed25519, sampleKey('log'))).toThrow(invalid);
  });
});

describe('checkpoint texts', () => {
  it('are read back, sizes beyond 2^53 too', () => {
    const head = { origin: 'a/b', size: 2n ** 62n, root };
    expect(parseCheckpointText(writeCheckpointText(head))).toMatchObject({ origin: 'a/b', size: 2n ** 62n });
    const empty = { origin: 'a', size: 0n, root: EMPTY_ROOT };
    expect(parseCheckpointText(writeCheckpointText(empty)).size).toBe(0n);
  });

  it.each([
    ['a leading zero', `a\n07\n${toBase64(root)}\n`],
    ['a sign', `a\n+7\n${toBase64(root)}\n`],
    ['a short root', 'a\n7\nAAAA\n'],
    ['no origin', `\n7\n${toBase64(root)}\n`],
    ['no last newline', `a\n7\n${toBase64(root)}`],
    ['an empty extension line', `a\n7\n${toBase64(root)}\n\n`],
    ['two lines', 'a\n7\n'],
  ])('are refused with %s', (_, source) => {
    expect(() => parseCheckpointText(source)).toThrow(malformed);
  });
});
