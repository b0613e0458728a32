import { toBase64 } from '#digest';
import { hasQuorum } from './policy.js';
import { parsePolicy } from './policy-text.js';
import { checkpointSigner } from './note-signature.js';
import { sampleKey, sampleLog } from './testing/sample-log.js';
import { encodeVkey, SIGNATURE_TYPE } from './vkey.js';
import { writePolicy } from './write-policy.js';

const witnessKey = (name: string): string =>
  encodeVkey(checkpointSigner(name, SIGNATURE_TYPE.ed25519Cosignature, sampleKey(name)).key);
const logKey = (name: string): string =>
  encodeVkey(checkpointSigner(name, SIGNATURE_TYPE.ed25519, sampleKey(name)).key);

const LOG = logKey('proviso.example/log/default');
const LINES = [
  '# whom we trust',
  '',
  `log ${LOG} https://proviso.example/log/default sizes=0-1000`,
  `  log\t${logKey('b')} sizes=1000-`,
  `witness X1 ${witnessKey('x1')}`,
  `witness X2 ${witnessKey('x2')} https://x2.example`,
  `witness X3 ${witnessKey('x3')}`,
  'group X 2 X1 X2 X3',
  `witness Y1 ${witnessKey('y1')}`,
  `witness Y2 ${witnessKey('y2')}`,
  'group Y any Y1 Y2',
  'group both all X Y',
  'quorum both',
  `gateway gw ${toBase64(Buffer.alloc(32, 7))}`,
  `chain 31337 0x${'0a'.repeat(32)} development`,
  `contract 31337 0x${'0b'.repeat(20)} 0x${'0c'.repeat(32)}`,
  `contract 31337 0x${'0d'.repeat(20)} 0x${'0e'.repeat(32)}`,
  `chain 1 0x${'0f'.repeat(32)}`,
  'staleness 600',
];

describe('parsePolicy', () => {
  it('reads each kind of line', () => {
    const policy = parsePolicy(LINES.join('\n'));
    expect(policy.logs).toMatchObject([
      { fromSize: 0n, toSize: 1000n, url: 'https://proviso.example/log/default' },
      { fromSize: 1000n, key: { name: 'b' } },
    ]);
    expect(policy.witnesses.map(({ name }) => name)).toEqual(['X1', 'X2', 'X3', 'Y1', 'Y2']);
    expect(policy.groups.map(({ threshold }) => threshold)).toEqual([2, 1, 2]);
    expect(policy.gateways).toMatchObject([{ name: 'gw' }]);
    expect(policy.chains).toMatchObject([
      { id: '31337', development: true, contracts: [{}, { codeHash: `0x${'0e'.repeat(32)}` }] },
      { id: '1', development: false, contracts: [] },
    ]);
    expect(policy.stalenessS).toBe(600);
  });

  it.each([LINES.join('\n'), writePolicy(sampleLog().policy), 'quorum none'])(
    'gives back what writePolicy wrote',
    (source) => {
      const written = writePolicy(parsePolicy(source));
      expect(writePolicy(parsePolicy(written))).toBe(written);
      expect(parsePolicy(written)).toEqual(parsePolicy(source));
    },
  );

  it.each([
    ['an unknown keyword', 'logs x'],
    ['a keyword named like an inherited property', 'constructor x'],
    ['a log that is there already', `log ${LOG}`],
    ['a log key of a witness type', `log ${witnessKey('z')}`],
    ['an empty range of sizes', `log ${logKey('z')} sizes=5-5`],
    ['two ranges', `log ${logKey('z')} sizes=0-5 sizes=5-6`],
    ['a bad range', `log ${logKey('z')} sizes=x`],
    ['a witness key of a log type', `witness Z ${logKey('z')}`],
    ['a witness that is there already', `witness Z ${witnessKey('x1')}`],
    ['a name that is taken', `witness X ${witnessKey('z')}`],
    ['the name none', `witness none ${witnessKey('z')}`],
    ['a group of nothing', 'group Z any'],
    ['a group of what is not defined', 'group Z any W'],
    ['a member of two groups', 'group Z any X1'],
    ['a threshold above the members', `group Z 2 both`],
    ['a threshold of zero', `group Z 0 both`],
    ['a second quorum', 'quorum X'],
    ['a gateway key that is there already', `gateway other ${toBase64(Buffer.alloc(32, 7))}`],
    ['a short gateway key', 'gateway other AAAA'],
    ['a chain that is there already', `chain 1 0x${'0f'.repeat(32)}`],
    ['another mark', `chain 2 0x${'0f'.repeat(32)} production`],
    ['an upper case hash', `chain 2 0x${'0F'.repeat(32)}`],
    ['a contract of no chain', `contract 2 0x${'0b'.repeat(20)} 0x${'0c'.repeat(32)}`],
    ['a contract that is there already', `contract 31337 0x${'0b'.repeat(20)} 0x${'0c'.repeat(32)}`],
    ['a bad address', `contract 1 0x0b 0x${'0c'.repeat(32)}`],
    ['a second staleness', 'staleness 1'],
    ['a carriage return', '\r'],
  ])('refuses %s', (_, line) => {
    expect(() => parsePolicy([...LINES, line].join('\n'))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  it('names the line at fault, and needs a quorum', () => {
    expect(() => parsePolicy([...LINES, 'log x+y'].join('\n'))).toThrow(`policy line ${LINES.length + 1}`);
    expect(() => parsePolicy(`log ${LOG}`)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});

describe('hasQuorum', () => {
  const policy = parsePolicy(LINES.join('\n'));

  it.each([
    [['X1', 'X2', 'Y2'], true],
    [['X1', 'X2', 'X3', 'Y1', 'Y2'], true],
    [['X1', 'Y1', 'Y2'], false],
    [['X1', 'X2', 'X3'], false],
    [[], false],
  ])('judges %j as %s', (names, expected) => {
    expect(hasQuorum(policy, new Set(names))).toBe(expected);
  });

  it('is always reached where none is needed', () => {
    expect(hasQuorum(parsePolicy('quorum none'), new Set())).toBe(true);
  });
});
