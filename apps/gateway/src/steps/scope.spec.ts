import { principalOf } from '#smart';
import type { DataInteraction, Identified } from '../exchange.js';
import { scope } from './scope.js';

const LIMITS = {
  pages: { defaultCount: 20, maxCount: 200 },
  answerBytes: 1,
  writtenBytes: 1,
  refreshMs: 1,
  writeKeyMs: 1,
  stalenessMs: 1,
  ageBy: 'contact',
  blockLagMs: undefined,
} as const;
const SEARCH = { cursor: undefined, total: 'none', summary: 'false', patients: [], used: [] } as const;

interface Token {
  readonly patient?: string;
  readonly purpose?: string;
}

function asked(scopes: string, type: string, { patient, purpose = 'TREAT' }: Token): Identified {
  const interaction: DataInteraction = {
    kind: 'search-type',
    type,
    search: { ...SEARCH, type, criteria: [], sort: [], count: 10 },
  };
  const request = {
    method: 'GET',
    path: `/${type}`,
    query: '',
    body: new Uint8Array(),
    contentType: undefined,
    authorization: undefined,
    accept: undefined,
    prefer: undefined,
    ifNoneMatch: undefined,
    requestId: 'r',
    receivedMs: 0,
  };
  const principal = principalOf({
    tenant: 'default',
    client: 'app',
    user: undefined,
    organization: undefined,
    roles: [],
    scope: scopes,
    patient,
    purpose,
    tokenHash: 'ab'.repeat(32),
    expiresMs: 1,
  });
  return { request, interaction, principal };
}

async function termsOf(scopes: string, type: string, token: Token = {}) {
  const advance = await scope(asked(scopes, type, token), { limits: LIMITS });
  return advance.kind === 'go' ? advance.state.terms : advance.kind;
}

describe('scope', () => {
  it('keeps each covering scope as a term of its own, the granular ones with their criteria', async () => {
    await expect(
      termsOf('system/Observation.rs?status=final system/Observation.rs?code=a', 'Observation'),
    ).resolves.toMatchObject([
      { type: 'Observation', criteria: [{ param: 'status' }] },
      { type: 'Observation', criteria: [{ param: 'code' }] },
    ]);
    await expect(termsOf('system/*.rs', 'Observation')).resolves.toEqual([
      { type: 'Observation', criteria: [] },
    ]);
  });

  it('refuses what no scope covers', async () => {
    await expect(termsOf('system/Patient.rs', 'Observation')).resolves.toBe('refuse');
    await expect(termsOf('system/Observation.r', 'Observation')).resolves.toBe('refuse');
    await expect(termsOf('system/*.rs', 'Consent')).resolves.toBe('refuse');
  });

  it('leaves out a constraint that the type does not know, and not the scopes beside it', async () => {
    await expect(termsOf('system/Patient.rs?nonsense=1', 'Patient')).resolves.toBe('refuse');
    await expect(termsOf('system/Patient.rs?nonsense=1 system/Patient.rs', 'Patient')).resolves.toEqual([
      { type: 'Patient', criteria: [] },
    ]);
    await expect(termsOf('system/Observation.rs?date=yesterday', 'Observation')).resolves.toBe('refuse');
  });

  it('adds to a scope of Provenance the types that are covered whole: it may tell of these', async () => {
    await expect(
      termsOf('system/Provenance.rs system/Observation.rs system/Condition.rs?code=a', 'Provenance'),
    ).resolves.toEqual([
      { type: 'Provenance', criteria: [] },
      { type: 'Observation', criteria: [] },
    ]);
    await expect(termsOf('system/Observation.rs', 'Provenance')).resolves.toBe('refuse');
    await expect(
      termsOf('patient/*.rs system/Provenance.rs', 'Provenance', { patient: 'ann' }),
    ).resolves.toEqual([{ type: 'Provenance', criteria: [] }]);
  });

  it('does not take a scope about one patient for one about all', async () => {
    await expect(termsOf('patient/Observation.rs', 'Observation', { patient: 'ann' })).resolves.toBe(
      'refuse',
    );
    await expect(termsOf('patient/*.rs system/Patient.rs', 'Patient', { patient: 'ann' })).resolves.toEqual([
      { type: 'Patient', criteria: [] },
    ]);
  });

  it('takes scopes about one patient for what her own app reads of her, and for nothing else', async () => {
    const hers = { patient: 'ann', purpose: 'PATRQT' };
    await expect(termsOf('patient/*.rs', 'Observation', hers)).resolves.toEqual([
      { type: 'Observation', criteria: [] },
    ]);
    await expect(termsOf('patient/Provenance.rs patient/Condition.rs', 'Provenance', hers)).resolves.toEqual([
      { type: 'Provenance', criteria: [] },
      { type: 'Condition', criteria: [] },
    ]);
    await expect(termsOf('patient/*.rs', 'Consent', hers)).resolves.toBe('refuse');
    await expect(termsOf('patient/*.rs', 'Practitioner', hers)).resolves.toBe('refuse');
    await expect(termsOf('patient/*.rs system/Patient.rs', 'Observation', hers)).resolves.toBe('refuse');
    await expect(termsOf('patient/*.rs', 'Observation', { purpose: 'PATRQT' })).resolves.toBe('refuse');
  });
});
