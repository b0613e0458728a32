import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFiling, type Hex } from '#consent';
import { readGrant, termsJson, writeGrant } from './grant-file.js';
import { grantOptions, grantTerms } from './grant-options.js';
import { unsignedGrant } from './unsigned-grant.js';

const folder = mkdtempSync(join(tmpdir(), 'grant-'));
const file = join(folder, 'grant.json');
const SUBJECT: Hex = `0x${'5'.repeat(64)}`;
const PATIENT = '11111111-2222-5333-8444-555555555555';
const NOW_S = Date.UTC(2026, 4, 1) / 1000;
const wrongUsage = expect.objectContaining({ exitCode: 64 });

const optionsOf = (more: Record<string, unknown> = {}) =>
  grantOptions.parse({
    data: 'data',
    patient: PATIENT,
    subject: SUBJECT,
    toClient: 'app',
    classes: 'Observation,Patient',
    purpose: 'TREAT',
    out: file,
    ...more,
  });
const grantOf = (more?: Record<string, unknown>) => unsignedGrant(grantTerms(optionsOf(more), NOW_S), NOW_S);

afterAll(() => rmSync(folder, { recursive: true }));

describe('a grant that is to be signed', () => {
  it('passes the check that the gateway makes when it is filed', () => {
    const { made, op } = grantOf({ for: '1h' });
    const check = checkFiling({
      bytes: Buffer.from(made.consent, 'base64'),
      kind: 'permit',
      terms: made.terms,
      commitment: op.commitment,
      patient: PATIENT,
      grantee: 'client:app',
      nowMs: NOW_S * 1000,
    });
    expect(check).toMatchObject({ kind: 'accepted' });
  });

  it('lasts from now for as long as it says, or until it says, or is open', () => {
    expect(grantOf({ for: '10s' }).op).toMatchObject({ kind: 1, from: NOW_S, to: NOW_S + 10 });
    const named = { from: '2026-06-01T00:00:00Z', to: '2026-07-01T00:00:00Z' };
    expect(grantOf(named).op).toMatchObject({
      from: Date.UTC(2026, 5, 1) / 1000,
      to: Date.UTC(2026, 6, 1) / 1000,
    });
    expect(grantOf().op).toMatchObject({ from: NOW_S, to: 0 });
  });

  it('is a deny where it is told', () => {
    expect(grantOf({ deny: true }).op.kind).toBe(2);
  });

  it('has another id and another salt each time, so that nobody can tell equal grants', () => {
    const [a, b] = [grantOf(), grantOf()];
    expect(a.op.grantId).not.toBe(b.op.grantId);
    expect(a.made.terms.salt).not.toBe(b.made.terms.salt);
    expect(a.op.commitment).not.toBe(b.op.commitment);
  });

  it('is about the synthetic person where no patient is named, and about somebody in any case', () => {
    expect(grantOf({ patient: undefined, person: 'p1' }).made.patient).toBe('p1');
    expect(() => grantOf({ patient: undefined })).toThrow(wrongUsage);
  });
});

describe('the file that a signer keeps', () => {
  it('gives back what was written, readable by its owner alone', () => {
    const { made } = grantOf();
    writeGrant(file, made);
    expect(readGrant(file)).toEqual(made);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('holds bitmaps as decimal strings', () => {
    const { terms } = grantOf().made;
    expect(termsJson(terms)).toMatchObject({
      classes: String(terms.classes),
      purposes: String(terms.purposes),
    });
  });

  it.each(['', '{', '[]', '{"patient": "p"}'])('is not "%s"', (text) => {
    writeFileSync(file, text);
    expect(() => readGrant(file)).toThrow(wrongUsage);
  });

  it('is named where it cannot be read', () => {
    expect(() => readGrant(join(folder, 'none.json'))).toThrow(/none\.json cannot be read/);
  });
});
