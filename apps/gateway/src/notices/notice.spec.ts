import { ENTRY_CLASS, type RecordedAccess } from '#provenance';
import { eventText, isOwnReading, noticeOf } from './notice.js';

const ACCESS: RecordedAccess = {
  index: 4n,
  leaf: 'ab'.repeat(32),
  position: 0,
  class: ENTRY_CLASS.access,
  recordId: 'r',
  time: '2026-01-02T03:04:05.678Z',
  phase: 'single',
  interaction: 'read',
  outcome: 'permit',
  status: 200,
  gateway: 'g1',
  actor: { client: 'app', user: null, organization: null, roles: [], purpose: 'TREAT' },
  request: { method: 'GET', path: '/Observation', requestId: 'q' },
  person: 'p',
  patient: 'x',
  subjectSeq: 1n,
  items: [{ type: 'Observation', id: 'secret', versionId: 'v' }],
  decision: { effect: 'permit', code: null, basis: ['consent:c'] },
};
const kindOf = (change: Partial<RecordedAccess>) => noticeOf({ ...ACCESS, ...change }, 'e', 'base').kind;

describe('a notice', () => {
  it('says who, when, why and where to look, and not what', () => {
    const notice = noticeOf(ACCESS, 'e-1', 'https://g.test/fhir/R4');
    expect(notice).toEqual({
      id: 'e-1',
      time: ACCESS.time,
      kind: 'access',
      auditEvent: 'https://g.test/fhir/R4/AuditEvent/e-1',
      who: { client: 'app', user: null },
      purpose: 'TREAT',
    });
    expect(eventText(notice)).toBe(`id: e-1\nevent: access\ndata: ${JSON.stringify(notice)}\n\n`);
    expect(eventText(notice)).not.toContain('secret');
  });

  it('tells a refusal, an intake, a binding and an act of administration from an access', () => {
    const refusal = { effect: 'refusal', code: 'consent-denied', basis: [] };
    expect(kindOf({ decision: refusal, status: 403 })).toBe('refusal');
    expect(kindOf({ status: 500 })).toBe('refusal');
    expect(kindOf({ class: ENTRY_CLASS.intake })).toBe('intake');
    expect(kindOf({ class: ENTRY_CLASS.binding })).toBe('binding');
    expect(kindOf({ class: ENTRY_CLASS.configuration })).toBe('administration');
    expect(kindOf({ class: 99 })).toBe('access');
  });

  it('is not of the reading of her trail by the client that watches, and of every other', () => {
    const reading = {
      ...ACCESS,
      items: [],
      decision: { ...ACCESS.decision, basis: [`policy:P-SELF@${'0'.repeat(64)}`] },
    };
    expect(isOwnReading(reading, 'app')).toBe(true);
    expect(isOwnReading(reading, 'other')).toBe(false);
    expect(isOwnReading(ACCESS, 'app')).toBe(false);
    expect(isOwnReading({ ...reading, items: ACCESS.items }, 'app')).toBe(false);
  });
});
