import { readFileSync } from 'node:fs';
import { evalFhirPath } from '@medplum/core';
import { z } from 'zod';
import { parseStrict, type JsonObject } from '#digest';
import { golden } from '../../../../test/golden/golden.js';
import { isObject } from '../json-shape.js';
import { validateResource } from '../validate-resource.js';
import { auditEvent } from './audit-event.js';
import type { AuditedAccess } from './audited-access.js';

const PATIENT = '5b1e9f5e-6a3c-5d25-9b5e-0c5a4f1d2e3a';
const READ: AuditedAccess = {
  index: 41n,
  leaf: 'ab'.repeat(32),
  position: 0,
  class: 1,
  time: '2026-01-02T03:04:05.678Z',
  interaction: 'read',
  outcome: 'permit',
  status: 200,
  gateway: 'g1/7',
  actor: { client: 'demo-app', user: null, roles: [], purpose: 'TREAT' },
  request: { method: 'GET', path: '/Observation', requestId: 'r-1' },
  patient: PATIENT,
  subjectSeq: 3n,
  items: [{ type: 'Observation', id: 'o1', versionId: 'v1' }],
  decision: { effect: 'permit', code: null, basis: ['consent:c1'] },
};
const refusal = { effect: 'refusal', code: 'consent-denied', basis: [] } as const;
const EXAMPLES: Readonly<Record<string, AuditedAccess>> = {
  read: READ,
  'read-by-user': { ...READ, actor: { ...READ.actor, user: 'u1', roles: ['clinician'] } },
  search: {
    ...READ,
    interaction: 'search-type',
    items: [...READ.items, { type: 'Observation', id: 'o2', versionId: 'v2' }],
  },
  'refused-search': {
    ...READ,
    interaction: 'search-type',
    outcome: 'consent-denied',
    status: 403,
    items: [],
    decision: refusal,
  },
  'not-found': {
    ...READ,
    outcome: 'not-found',
    status: 404,
    items: [],
    decision: { ...refusal, code: 'not-found' },
  },
  failed: {
    ...READ,
    outcome: 'internal',
    status: 500,
    items: [],
    decision: { ...refusal, code: 'internal' },
  },
  create: { ...READ, interaction: 'create', status: 201, request: { ...READ.request, method: 'POST' } },
  update: { ...READ, interaction: 'update', request: { ...READ.request, method: 'PUT' } },
  delete: { ...READ, interaction: 'delete', status: 204, request: { ...READ.request, method: 'DELETE' } },
  intake: {
    ...READ,
    class: 8,
    interaction: 'intake',
    outcome: 'success',
    actor: { client: 'source:northside', user: null, roles: [], purpose: null },
    request: { method: 'PULL', path: '/sources/northside', requestId: 'r-2' },
    decision: { effect: 'permit', code: null, basis: [] },
  },
  grant: {
    ...READ,
    interaction: 'consent-grant',
    status: 202,
    actor: { client: 'wallet', user: null, roles: ['relay'], purpose: 'PATRQT' },
    items: [],
    decision: { effect: 'permit', code: null, basis: [] },
  },
  'own-access': {
    ...READ,
    actor: { ...READ.actor, client: 'marigold-app', purpose: 'PATRQT' },
    decision: { effect: 'permit', code: null, basis: [`policy:P-SELF@${'cd'.repeat(32)}`] },
  },
};
const events = Object.entries(EXAMPLES).map(([name, access]) => ({
  name,
  event: auditEvent(access, {
    id: `00000000-0000-5000-8000-00000000000${access.position}`,
    origin: 'o/log/t',
  }),
}));

const Element = z.looseObject({
  id: z.string(),
  path: z.string(),
  min: z.number().optional(),
  max: z.string().optional(),
  sliceName: z.string().optional(),
  patternCoding: z.looseObject({ system: z.string(), code: z.string() }).optional(),
  patternUri: z.string().optional(),
  constraint: z.array(z.looseObject({ key: z.string(), expression: z.string() })).optional(),
});
const definition = z
  .looseObject({ url: z.string(), differential: z.object({ element: z.array(Element) }) })
  .parse(
    JSON.parse(readFileSync('fhir-profiles/StructureDefinition-proviso-audit-event.json', 'utf8')) as unknown,
  );

type DefinedElement = z.infer<typeof Element>;

/** What is broken of the profile: cardinalities, patterns and slices of its differential, and its constraints. */
function faultsOf(event: JsonObject): readonly string[] {
  return definition.differential.element.flatMap((element) => [
    ...(element.constraint ?? [])
      .filter(({ expression }) => evalFhirPath(expression, event)[0] !== true)
      .map(({ key }) => key),
    ...(isBroken(element, event) ? [element.id] : []),
  ]);
}

function isBroken(element: DefinedElement, event: JsonObject): boolean {
  const [, slice] = /:(\w+)/.exec(element.id) ?? [];
  if (slice === 'client') return false;
  const at = slice === undefined ? 'AuditEvent' : `AuditEvent.entity.where(type.code = '${codeOf(slice)}')`;
  const rest = element.path.split('.').slice(slice === undefined ? 1 : 2);
  const found = evalFhirPath([at, ...rest].join('.'), event);
  // an element of an absent slice is not asked for
  const isAsked = element.sliceName !== undefined || evalFhirPath(at, event).length > 0;
  return (isAsked && isTooFew(element, found)) || isTooMany(element, found) || isOther(element, found);
}

/** The code that tells a slice of `entity`. */
function codeOf(slice: string): string | undefined {
  return definition.differential.element.find(({ id }) => id === `AuditEvent.entity:${slice}.type`)
    ?.patternCoding?.code;
}

const isTooFew = ({ min = 0 }: DefinedElement, found: readonly unknown[]) => found.length < min;
const isTooMany = ({ max = '*' }: DefinedElement, found: readonly unknown[]) =>
  max !== '*' && found.length > Number(max);
const isOther = ({ patternUri }: DefinedElement, found: readonly unknown[]) =>
  patternUri !== undefined && found.some((value) => value !== patternUri);

describe('auditEvent', () => {
  it.each(events)('gives a valid AuditEvent of our profile: $name', ({ event }) => {
    expect(validateResource(event)).toEqual([]);
    expect(faultsOf(event)).toEqual([]);
    expect(event['meta']).toMatchObject({ profile: expect.arrayContaining([definition.url]) });
  });

  it('breaks the profile where something is missing, so that the check checks', () => {
    const [{ event } = { event: {} }] = events;
    expect(faultsOf({ ...event, entity: [] })).toContain('AuditEvent.entity:logEntry');
    expect(faultsOf({ ...event, outcome: '4' })).toContain('proviso-audit-1');
    expect(faultsOf({ ...event, agent: [] })).toEqual(
      expect.arrayContaining(['AuditEvent.agent', 'proviso-audit-2']),
    );
    expect(faultsOf({ resourceType: 'AuditEvent' })).toContain('AuditEvent.action');
  });

  it('is as it was looked at', () => {
    const text = `${JSON.stringify(Object.fromEntries(events.map(({ name, event }) => [name, event])), null, 1)}\n`;
    expect(text).toBe(golden('audit-events.json', text));
  });

  it('claims a profile of BALP for a success of one patient alone', () => {
    const claims = Object.fromEntries(
      events.map(({ name, event }) => {
        const { meta } = event;
        const profiles = isObject(meta) ? meta['profile'] : undefined;
        return [name, JSON.stringify(profiles).match(/BasicAudit\.(\w+)/)?.[1]];
      }),
    );
    expect(claims).toEqual({
      read: 'PatientRead',
      'read-by-user': 'PatientRead',
      search: 'PatientQuery',
      create: 'PatientCreate',
      update: 'PatientUpdate',
      delete: 'PatientDelete',
      'own-access': 'PatientRead',
    });
  });

  it('says with outcome 4 that somebody was refused, with 8 that we failed', () => {
    const outcomes = events.map(({ name, event }) => [name, event['outcome'], event['outcomeDesc']]);
    expect(outcomes.filter(([, outcome]) => outcome !== '0')).toEqual([
      ['refused-search', '4', 'consent-denied'],
      ['not-found', '4', 'not-found'],
      ['failed', '8', 'internal'],
    ]);
  });

  it('is JSON that the strict parser takes', () => {
    for (const { event } of events) expect(parseStrict(JSON.stringify(event))).toEqual(event);
  });
});
