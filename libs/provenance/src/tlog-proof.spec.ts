import fc from 'fast-check';
import { toBase64, toHex } from '#digest';
import { writeCheckpointText } from './checkpoint.js';
import { checkpointSigner, signCheckpoint } from './note-signature.js';
import { SAMPLE_ORIGIN, sampleKey } from './testing/sample-log.js';
import { parseTlogProof, writeTlogProof } from './tlog-proof.js';
import { hashLeaf } from './tree-hash.js';
import { SIGNATURE_TYPE } from './vkey.js';

const malformed = expect.objectContaining({ code: 'malformed' });
const root = hashLeaf(Buffer.from('root'));
const text = writeCheckpointText({ origin: SAMPLE_ORIGIN, size: 7n, root });
const log = checkpointSigner(SAMPLE_ORIGIN, SIGNATURE_TYPE.ed25519, sampleKey('log'));

describe('tlog proofs', () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });

  it('are read back as they were written', () => {
    const checkpoint = signCheckpoint(text, [log], 0n);
    const index = fc.bigInt({ min: 0n, max: 2n ** 62n });
    const extra = fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(index, fc.array(hash, { maxLength: 63 }), extra, (at, path, bytes) => {
        const written = writeTlogProof({
          index: at,
          path,
          checkpoint,
          ...(bytes === undefined ? {} : { extra: bytes }),
        });
        const parsed = parseTlogProof(written);
        expect(parsed).toMatchObject({ index: at, checkpoint });
        expect(parsed.path.map(toHex)).toEqual(path.map(toHex));
        expect(parsed.extra && toHex(parsed.extra)).toBe(bytes && toHex(bytes));
      }),
    );
  });

  const line = toBase64(root);
  it.each([
    ['another version', `c2sp.org/tlog-proof@v2\nindex 0\n\n${text}`],
    ['no index', `c2sp.org/tlog-proof@v1\n${line}\n\n${text}`],
    ['a leading zero', `c2sp.org/tlog-proof@v1\nindex 01\n\n${text}`],
    ['a short hash', `c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n${text}`],
    ['too many hashes', `c2sp.org/tlog-proof@v1\nindex 0\n${`${line}\n`.repeat(64)}\n${text}`],
    ['no checkpoint', 'c2sp.org/tlog-proof@v1\nindex 0\n'],
  ])('are refused with %s', (_, source) => {
    expect(() => parseTlogProof(source)).toThrow(malformed);
  });
});
