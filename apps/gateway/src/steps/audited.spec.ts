import { z } from 'zod';
import { AUDIT } from '#consent';
import { recognise } from '#fhir';
import type { Incoming } from '#http';
import type { SealableRecord } from '#provenance';
import { principalOf, type Principal } from '#smart';
import type { Identified, ReadInteraction } from '../exchange.js';
import type { Parts } from '../parts.js';
import { decided, trailSubjects } from '../trail/serve-trail.js';
import { audited } from './audited.js';

const ID = '6f1f1a52-0d0e-5c5b-9a43-1d5fd2e6c001';
const READ = `/Provenance/${ID}`;
const ANNA = '0192f0c2-0000-7000-8000-000000000001';
const PAGES = { lenient: false, defaultCount: 20, maxCount: 200 };

function principalWith(scope: string, roles: readonly string[]): Principal {
  return principalOf({
    tenant: 'default',
    client: 'c',
    user: undefined,
    organization: undefined,
    roles,
    scope,
    patient: undefined,
    purpose: 'HOPERAT',
    tokenHash: 'ab'.repeat(32),
    expiresMs: 1,
  });
}

function asked(path: string, principal: Principal): Identified<ReadInteraction> {
  const [at = '', query = ''] = path.split('?');
  const interaction = recognise({ method: 'GET', path: at, query }, PAGES);
  const request = z
    .custom<Incoming>()
    .parse({ method: 'GET', path: at, query, body: new Uint8Array(), requestId: 'r' });
  return { request, interaction: z.custom<ReadInteraction>().parse(interaction), principal };
}

/** Parts of a gateway that is asked for what is not there; without `records` nothing may be touched. */
function partsOf(records?: SealableRecord[]): Parts {
  if (records === undefined) return z.custom<Parts>().parse({});
  return z.custom<Parts>().parse({
    fhirBase: 'https://gateway.test/fhir/R4',
    clock: () => 0,
    lastSealedMs: () => 0,
    newId: () => 'id',
    limits: { answerBytes: 10_000 },
    links: { linksOfResource: () => Promise.resolve([]), linksOf: () => Promise.resolve([]) },
    rules: {
      personsOf: (patients: readonly string[]) =>
        Promise.resolve(new Map(patients.map((one) => [one, ANNA]))),
    },
    log: {
      append: (items: readonly { readonly record: SealableRecord }[]) => {
        records.push(...items.map(({ record }) => record));
        return Promise.resolve([{}]);
      },
    },
  });
}

const AUDITOR = principalWith('__proviso/audit.read system/Provenance.rs', ['auditor']);

describe('audited', () => {
  it.each([
    ['has no role', 'system/Provenance.rs', []],
    ['has another role', '__proviso/clients.admin system/Provenance.rs', ['administrator']],
    ['did not ask for its role', 'system/Provenance.rs', ['auditor']],
    ['may read AuditEvents alone', '__proviso/audit.read system/AuditEvent.rs', ['auditor']],
    ['names no Provenance', '__proviso/audit.read system/*.rs', ['auditor']],
    ['speaks for a user', '__proviso/audit.read user/Provenance.rs', ['auditor']],
    ['speaks for a patient', '__proviso/audit.read patient/Provenance.rs', ['auditor']],
    ['may read a part', '__proviso/audit.read system/Provenance.rs?patient=a', ['auditor']],
    ['may search alone', '__proviso/audit.read system/Provenance.s', ['auditor']],
  ])('lets a caller go on, untouched, that %s', async (_what, scope, roles) => {
    const state = asked(READ, principalWith(scope, roles));
    expect(await audited(state, partsOf())).toEqual({ kind: 'go', state });
  });

  it.each(['/Observation/o', '/Observation?patient=a', '/AuditEvent/a', `${READ}/_history`])(
    'lets an auditor go on who asks for %s',
    async (path) => {
      const state = asked(path, AUDITOR);
      expect(await audited(state, partsOf())).toEqual({ kind: 'go', state });
    },
  );

  it('answers an auditor by the policy, with whom she named', async () => {
    const records: SealableRecord[] = [];
    const ended = await audited(asked('/Provenance?patient=a', AUDITOR), partsOf(records));
    expect(ended).toMatchObject({ kind: 'answered', sealed: { answer: { status: 200 } } });
    expect(records).toMatchObject([
      {
        op: { interaction: 'search-type', outcome: 'permit' },
        actor: { client: 'c', roles: ['auditor'] },
        subjects: [
          {
            person: ANNA,
            patient: 'a',
            content: [],
            decision: { basis: [{ kind: 'policy', policy: 'P-AUDIT', digest: AUDIT.digest }] },
          },
        ],
      },
    ]);
  });

  it.each([READ, `${READ}/_history/v1`])(
    'answers what is not there by the constant 404: %s',
    async (path) => {
      const records: SealableRecord[] = [];
      const ended = await audited(asked(path, AUDITOR), partsOf(records));
      expect(ended).toMatchObject({ kind: 'answered', sealed: { answer: { status: 404 } } });
      expect(records).toMatchObject([{ op: { outcome: 'not-found' }, subjects: [] }]);
    },
  );
});

describe('who may see accesses', () => {
  const parts = z.custom<Pick<Parts, 'rules'>>().parse({});
  const may = (scope: string) => decided({ kind: 'read' }, principalWith(scope, ['auditor']), [], parts);

  it('is nobody by a scope that covers a part: a constraint that is not applied would widen access', async () => {
    expect(await may('__proviso/audit.read system/AuditEvent.rs')).toMatchObject({ kind: 'everybody' });
    expect(await may('__proviso/audit.read system/AuditEvent.rs?agent=a')).toEqual({
      kind: 'refusal',
      code: 'scope-insufficient',
    });
  });

  it('is recorded with each person once, and with no Patient where none is known', () => {
    const basis = { kind: 'policy', policy: AUDIT.name, digest: AUDIT.digest } as const;
    const people = ['a', 'b'].map((patient) => ({ person: ANNA, patient }));
    const nameless = { person: ANNA.replace('1', '2'), patient: '' };
    expect(
      trailSubjects([...people, nameless], basis, new Uint8Array()).map(({ patient }) => patient),
    ).toEqual(['a', null]);
  });
});
