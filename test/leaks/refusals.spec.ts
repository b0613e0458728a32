import { sha256, toHex } from '#digest';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { golden } from '../golden/golden.js';
import { ask, type Question } from './ask.js';
import { type Caller, EXPIRED } from './callers.js';
import { System } from './system.js';
import { VILLAGE } from './village.js';

const APP: Caller = { client: 'app', scope: 'system/*.rs' };
const RESEARCH: Caller = { ...APP, purpose: 'HRESCH' };
const NARROW: Caller = { ...APP, scope: 'system/Condition.rs' };
const READER: Caller = { ...APP, scope: 'system/*.r' };
const WRITER: Caller = { ...APP, scope: 'system/*.cruds', source: 'app-app' };
const SEEN = { 'if-match': 'W/"seen"' };
/** Of a minute at most may the projection be old. */
const STALE_MS = 120_000;

interface Case {
  readonly asked: string;
  readonly question: Question;
  readonly caller?: Caller;
  readonly stale?: true;
}

/** What is asked for, in the words of the rule; each row is put to a real gateway. */
const CASES: readonly Case[] = [
  { asked: 'read: visible', question: { target: '/Observation/ann-1' } },
  { asked: 'read: hidden', question: { target: '/Observation/dee-1' } },
  { asked: 'read: hidden by a label', question: { target: '/Observation/cai-hiv' } },
  { asked: 'read: deleted, visible before', question: { target: '/Observation/ann-gone' } },
  { asked: 'read: deleted, hidden before', question: { target: '/Observation/dee-gone' } },
  { asked: 'read: never there', question: { target: '/Observation/never' } },
  { asked: 'read: a Patient who is hidden', question: { target: '/Patient/dee' } },
  { asked: 'read: a Patient who was never there', question: { target: '/Patient/never' } },
  { asked: 'read: a grant that expired', question: { target: '/Observation/eve-1' } },
  { asked: 'read: a grant that was revoked', question: { target: '/Observation/fay-1' } },
  { asked: 'vread: hidden', question: { target: '/Observation/dee-1/_history/abc' } },
  { asked: 'vread: never there', question: { target: '/Observation/never/_history/abc' } },
  { asked: 'history: hidden', question: { target: '/Observation/dee-2/_history' } },
  { asked: 'history: deleted, hidden before', question: { target: '/Observation/dee-gone/_history' } },
  { asked: 'history: never there', question: { target: '/Observation/never/_history' } },
  {
    asked: 'conditional read: hidden',
    question: { target: '/Observation/dee-1', headers: { 'if-none-match': '*' } },
  },
  {
    asked: 'conditional read: visible',
    question: { target: '/Observation/ann-1', headers: { 'if-none-match': '*' } },
  },
  { asked: 'search: a patient with rules', question: { target: '/Observation?patient=ann&_summary=count' } },
  {
    asked: 'search: a patient with rules, all of it hidden',
    question: { target: '/Coverage?patient=ann&_summary=count' },
  },
  {
    asked: 'search: a patient with rules and a deny of the type',
    question: { target: '/Observation?patient=gil' },
  },
  { asked: 'search: a patient without rules', question: { target: '/Observation?patient=dee' } },
  { asked: 'search: a patient whose grant expired', question: { target: '/Observation?patient=eve' } },
  { asked: 'search: a patient whose grant was revoked', question: { target: '/Observation?patient=fay' } },
  {
    asked: 'search: a patient whose grant is not on chain',
    question: { target: '/Observation?patient=jon' },
  },
  { asked: 'search: a patient who is linked to nobody', question: { target: '/Observation?patient=una' } },
  { asked: 'search: a patient who was never there', question: { target: '/Observation?patient=never' } },
  { asked: 'search: a patient with rules for another class', question: { target: '/Condition?patient=bea' } },
  {
    asked: 'search: a patient with rules for another purpose',
    question: { target: '/Observation?patient=bea' },
    caller: RESEARCH,
  },
  { asked: 'search: two patients, one without rules', question: { target: '/Observation?patient=ann,dee' } },
  {
    asked: 'search: by POST, a patient without rules',
    question: { method: 'POST', target: '/Observation/_search', form: 'patient=dee' },
  },
  { asked: 'search: Patient by the id of one without rules', question: { target: '/Patient?_id=dee' } },
  { asked: 'search: Patient by the id of nobody', question: { target: '/Patient?_id=never' } },
  {
    asked: 'search: Patient by an identifier of somebody hidden',
    question: { target: '/Patient?identifier=mrn-dee' },
  },
  {
    asked: 'search: Patient by an identifier of nobody',
    question: { target: '/Patient?identifier=mrn-nobody' },
  },
  { asked: 'search: nobody named, nothing visible', question: { target: '/Immunization' } },
  { asked: 'search: nobody named', question: { target: '/Condition?_summary=count' } },
  { asked: 'wrong scope: read', question: { target: '/Observation/ann-1' }, caller: NARROW },
  {
    asked: 'wrong scope: read of what was never there',
    question: { target: '/Observation/never' },
    caller: NARROW,
  },
  { asked: 'wrong scope: search', question: { target: '/Observation?patient=ann' }, caller: READER },
  { asked: 'wrong scope: a type that no wildcard covers', question: { target: '/Consent/any' } },
  { asked: 'unknown route', question: { target: '/Observation/ann-1/$everything' } },
  { asked: 'unknown type', question: { target: '/Nonsense/1' } },
  { asked: 'unknown parameter', question: { target: '/Observation?nonsense=1' } },
  { asked: 'other method', question: { method: 'POST', target: '/Observation/ann-1' } },
  { asked: 'wrong scope: delete', question: { method: 'DELETE', target: '/Observation/ann-1' } },
  {
    asked: 'delete: visible, and no word for it',
    question: { method: 'DELETE', target: '/Observation/ann-1', headers: SEEN },
    caller: WRITER,
  },
  {
    asked: 'delete: hidden',
    question: { method: 'DELETE', target: '/Observation/dee-1', headers: SEEN },
    caller: WRITER,
  },
  {
    asked: 'delete: deleted, hidden before',
    question: { method: 'DELETE', target: '/Observation/dee-gone', headers: SEEN },
    caller: WRITER,
  },
  {
    asked: 'delete: never there',
    question: { method: 'DELETE', target: '/Observation/never', headers: SEEN },
    caller: WRITER,
  },
  {
    asked: 'delete: no version named',
    question: { method: 'DELETE', target: '/Observation/never' },
    caller: WRITER,
  },
  {
    asked: 'delete: a Patient',
    question: { method: 'DELETE', target: '/Patient/ann', headers: SEEN },
    caller: { ...WRITER, scope: 'system/Patient.cruds' },
  },
  { asked: 'no token: visible', question: { target: '/Observation/ann-1', authorization: undefined } },
  { asked: 'no token: hidden', question: { target: '/Observation/dee-1', authorization: undefined } },
  { asked: 'no token: unknown route', question: { target: '/Nonsense/1', authorization: undefined } },
  { asked: 'expired token', question: { target: '/Observation/ann-1', authorization: EXPIRED } },
  { asked: 'stale projection: read', question: { target: '/Observation/ann-1' }, stale: true },
  {
    asked: 'stale projection: read of what was never there',
    question: { target: '/Observation/never' },
    stale: true,
  },
  { asked: 'stale projection: search', question: { target: '/Observation?patient=dee' }, stale: true },
];

/** What tells a client more than its code: of its own request alone. */
const SPECIFIC: readonly (string | null)[] = ['unsupported-parameter', 'precondition'];

interface Row {
  readonly asked: string;
  readonly status: number;
  readonly code: string | null;
  /** SHA-256 of the body, hex. */
  readonly body: string;
}

/** The different bodies of the rows that are named so. */
function bodiesOf(rows: readonly Row[], words: RegExp): ReadonlySet<string> {
  return new Set(rows.filter(({ asked }) => words.test(asked)).map(({ body }) => body));
}

/** Our own code of an error; `null` for an answer that is none. */
function codeOf(body: string): string | null {
  return /"coding":\[\{"system":"[^"]*\/error","code":"([a-z-]+)"/.exec(body)?.[1] ?? null;
}

describe('what a caller is told where something is not for them', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.open(await openTestDatabase(), VILLAGE);
    await system.settle();
  });
  afterAll(() => system.close());

  const rows: Row[] = [];

  it('is the table that was agreed on', async () => {
    const now = system.nowMs;
    for (const { asked, question, caller = APP, stale } of CASES) {
      system.nowMs = stale === true ? now + STALE_MS : now;
      const { status, body } = await ask(system, caller, question);
      rows.push({ asked, status, code: codeOf(body), body: toHex(sha256(body)) });
    }
    const text = `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`;
    expect(text).toBe(golden('refusals.json', text));
  });

  it('has one body for each code', () => {
    const bodies = Map.groupBy(
      rows.filter(({ code }) => code !== null && !SPECIFIC.includes(code)),
      ({ code }) => code,
    );
    expect(bodies.size).toBeGreaterThan(5);
    for (const [code, told] of bodies) {
      expect([code, new Set(told.map(({ body }) => body)).size]).toEqual([code, 1]);
    }
  });

  it('says the same of hidden, deleted-hidden and never there, and of a patient without rules and nobody', () => {
    expect(
      bodiesOf(
        rows,
        /^(read|vread|history|conditional read|delete): (hidden|never|deleted, hidden|a Patient who|a grant)/,
      ).size,
    ).toBe(1);
    expect(
      bodiesOf(
        rows,
        /^search: .*(without rules$|never there$|expired$|revoked$|not on chain$|linked to nobody$|another)/,
      ).size,
    ).toBe(1);
  });
});
