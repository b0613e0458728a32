import { decideTrail, type TrailAsked } from './decide-trail.js';
import { AUDIT, SELF } from './policies.js';

const ANNA = 'anna';
const asked: TrailAsked = { levels: ['system'], roles: [], own: undefined, named: [] };
const patientApp: TrailAsked = { levels: ['patient'], roles: [], own: ANNA, named: [] };
const denied = { kind: 'refusal', code: 'consent-denied' };

describe('decideTrail', () => {
  it('shows an auditor what concerns everybody, whoever is named', () => {
    const auditor: TrailAsked = { ...asked, roles: ['auditor'] };
    const everybody = {
      kind: 'everybody',
      basis: { kind: 'policy', policy: AUDIT.name, digest: AUDIT.digest },
    };
    expect(decideTrail(auditor)).toEqual(everybody);
    expect(decideTrail({ ...auditor, named: [ANNA] })).toEqual(everybody);
    expect(decideTrail({ ...auditor, named: [undefined] })).toEqual(everybody);
  });

  it('shows a person what concerns herself, and nobody else', () => {
    const own = {
      kind: 'own',
      person: ANNA,
      basis: { kind: 'policy', policy: SELF.name, digest: SELF.digest },
    };
    expect(decideTrail(patientApp)).toEqual(own);
    expect(decideTrail({ ...patientApp, named: [ANNA, ANNA] })).toEqual(own);
    expect(decideTrail({ ...patientApp, named: ['bert'] })).toEqual(denied);
    expect(decideTrail({ ...patientApp, named: [ANNA, 'bert'] })).toEqual(denied);
    expect(decideTrail({ ...patientApp, named: [undefined] })).toEqual(denied);
  });

  it('refuses everybody else who names a patient, whether or not she is here', () => {
    expect(decideTrail({ ...asked, named: [ANNA] })).toEqual(denied);
    expect(decideTrail({ ...asked, named: [undefined] })).toEqual(denied);
    expect(decideTrail(asked)).toEqual({ kind: 'nobody' });
  });

  it('takes no role for a scope, and no scope for a role', () => {
    expect(decideTrail({ ...asked, levels: [], roles: ['auditor'] })).toEqual({
      kind: 'refusal',
      code: 'scope-insufficient',
    });
    expect(decideTrail({ ...asked, levels: ['user'], roles: ['auditor'], named: [ANNA] })).toEqual(denied);
    expect(decideTrail({ ...patientApp, levels: ['system'], named: [ANNA] })).toEqual(denied);
    expect(decideTrail({ ...patientApp, own: undefined, named: [undefined] })).toEqual(denied);
  });
});
