import { Wallet } from 'ethers';
import { asHex } from './hex.js';
import { signerHashOf, subjectId } from './identity.js';
import {
  encodeStatement,
  parseStatement,
  recoverStatement,
  signStatement,
  statementText,
  type BindingStatement,
} from './statement.js';
import { makeAccount, randomHex } from './testing/keys.js';

const account = makeAccount();
const signerHash = signerHashOf(account.address);
const statement: BindingStatement = {
  origin: 'https://proviso.example',
  nonce: 'n-1',
  patient: 'p-1',
  subject: subjectId(signerHash, randomHex()),
  signerHash,
  rights: 'self',
  from: 1_700_000_000,
  to: 0,
};

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe('binding statement', () => {
  it('is recovered to the account that signed it, as EIP-712 and as EIP-191', async () => {
    expect(recoverStatement(statement, signStatement(account.key, statement))).toBe(account.address);
    const personal = asHex(await new Wallet(account.key).signMessage(statementText(statement)));
    expect(recoverStatement(statement, personal)).toBe(account.address);
  });

  it('is refused where any member differs from what was signed', () => {
    const signature = signStatement(account.key, statement);
    const changes: Partial<BindingStatement>[] = [
      { origin: 'https://other.example' },
      { nonce: 'n-2' },
      { patient: 'p-2' },
      { subject: randomHex() },
      { rights: 'guardian' },
      { from: 1 },
      { to: 2_000_000_000 },
    ];
    for (const change of changes) {
      expect(recoverStatement({ ...statement, ...change }, signature)).toBeUndefined();
    }
  });

  it('is refused where another account signed, or the signature is malformed', () => {
    expect(recoverStatement(statement, signStatement(makeAccount().key, statement))).toBeUndefined();
    expect(recoverStatement(statement, '0x1234')).toBeUndefined();
    const other = { ...statement, signerHash: randomHex() };
    expect(recoverStatement(other, signStatement(account.key, other))).toBeUndefined();
  });

  it('is kept as bytes that give it back, and nothing else is read', () => {
    expect(parseStatement(encodeStatement(statement))).toEqual(statement);
    const bad: unknown[] = [
      { ...statement, extra: 1 },
      { ...statement, rights: 'owner' },
      { ...statement, subject: '0x12' },
      { ...statement, from: -1 },
      [],
    ];
    for (const value of bad) {
      expect(() => parseStatement(bytes(value))).toThrow(expect.objectContaining({ code: 'invalid-value' }));
    }
    expect(() => parseStatement(Buffer.from('{'))).toThrow(
      expect.objectContaining({ code: 'invalid-value' }),
    );
  });
});
