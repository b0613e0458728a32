import type { GrantWish } from '#consent';
import type { JsonObject } from '#digest';
import { grant, type Input, NOW_MS, scriptOf, type Told } from './inputs.js';

const LOINC = 'http://loinc.org';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const HIV_LABEL = 'http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV';
const DAY_MS = 86_400_000;

/** What may be seen by the client `app` for treatment with every type in scope. */
type Seen = 'shown' | 'hidden';
type Line = readonly [seen: Seen, key: string, told: Told];

export function observation(
  id: string,
  subject: string,
  change: JsonObject = {},
): Extract<Told, { kind: 'resource' }> {
  return {
    kind: 'resource',
    resource: {
      resourceType: 'Observation',
      id,
      identifier: [{ system: 'urn:north', value: `order-${id}` }],
      status: 'final',
      category: [{ coding: [{ system: CATEGORY, code: 'laboratory' }] }],
      code: { coding: [{ system: LOINC, code: '8480-6' }], text: 'Systolic' },
      subject: { reference: `Patient/${subject}`, display: `Name of ${subject}` },
      effectiveDateTime: '2026-01-10T10:00:00Z',
      valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      ...change,
    },
  };
}

function condition(id: string, subject: string, code: string): Told {
  return {
    kind: 'resource',
    resource: {
      resourceType: 'Condition',
      id,
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      code: { coding: [{ system: 'http://snomed.info/sct', code }] },
      subject: { reference: `Patient/${subject}` },
      onsetDateTime: '2025-12-01',
    },
  };
}

function patient(id: string, change: JsonObject = {}): Told {
  return {
    kind: 'resource',
    resource: {
      resourceType: 'Patient',
      id,
      identifier: [{ system: 'urn:north:mrn', value: `mrn-${id}` }],
      name: [{ family: `Family-${id}`, given: [`Given-${id}`] }],
      gender: 'female',
      birthDate: '1980-05-05',
      ...change,
    },
  };
}

function other(resourceType: string, id: string, rest: JsonObject): Told {
  return { kind: 'resource', resource: { resourceType, id, ...rest } };
}

const coded = (code: string, system = LOINC): JsonObject => ({ code: { coding: [{ system, code }] } });
const HIV = coded('75622-1');

/** A person with one record of the same name. Their link is told only where something of them may be seen. */
function newcomer(name: string, record: Seen, anything: Seen = 'shown'): readonly Line[] {
  return [
    [record, `${name} record`, patient(name)],
    [anything, `${name} link`, { kind: 'link', patient: name, person: name }],
  ];
}

function given(seen: Seen, name: string, wish: Partial<GrantWish> = {}): Line {
  return [seen, `${name} grant ${wish.effect ?? 'permit'}`, grant(name, { patient: name, ...wish })];
}

const open: readonly Line[] = [
  ...newcomer('ann', 'shown'),
  given('shown', 'ann'),
  ['shown', 'ann-1', observation('ann-1', 'ann')],
  ['shown', 'ann-2', observation('ann-2', 'ann', { effectiveDateTime: '2026-01-11', status: 'amended' })],
  ['shown', 'ann-3', observation('ann-3', 'ann', { ...coded('8462-4'), effectiveDateTime: '2026-02' })],
  [
    'shown',
    'ann-vital',
    observation('ann-vital', 'ann', { category: [{ coding: [{ system: CATEGORY, code: 'vital-signs' }] }] }),
  ],
  ['shown', 'ann-hiv', observation('ann-hiv', 'ann', HIV)],
  // It is hers alone, but tells of a record of somebody else's, outside the compartment.
  ['shown', 'ann-focus', observation('ann-focus', 'ann', { focus: [{ reference: 'Patient/lin-south' }] })],
  [
    'shown',
    'ann-member',
    observation('ann-member', 'ann', { hasMember: [{ reference: 'Observation/dee-1' }] }),
  ],
  ['shown', 'ann-condition', condition('ann-condition', 'ann', '38341003')],
  ['shown', 'ann-gone 1', observation('ann-gone', 'ann')],
  ['shown', 'ann-gone 2', { kind: 'deletion', of: 'Observation/ann-gone' }],
  ['shown', 'ann-edited 1', observation('ann-edited', 'ann', { status: 'preliminary' })],
  ['shown', 'ann-edited 2', observation('ann-edited', 'ann')],
  ['shown', 'ann-edited 3', observation('ann-edited', 'ann', { status: 'corrected' })],
];

const byClass: readonly Line[] = [
  ...newcomer('bea', 'hidden'),
  given('shown', 'bea', { classes: ['Observation'], purposes: ['TREAT'] }),
  ['shown', 'bea-1', observation('bea-1', 'bea')],
  ['hidden', 'bea-condition', condition('bea-condition', 'bea', '44054006')],
  ...newcomer('eli', 'hidden'),
  given('shown', 'eli', { classes: ['Observation', 'Provenance'] }),
  ['shown', 'eli-1', observation('eli-1', 'eli')],
  ['shown', 'eli-2', observation('eli-2', 'eli', HIV)],
  ['hidden', 'eli-condition', condition('eli-condition', 'eli', '44054006')],
  ['shown', 'bea-2', observation('bea-2', 'bea', { effectiveDateTime: '2025-06-01' })],
];

const byLabel: readonly Line[] = [
  ...newcomer('cai', 'shown'),
  given('shown', 'cai', { except: [HIV_LABEL] }),
  ['shown', 'cai-1', observation('cai-1', 'cai')],
  ['hidden', 'cai-hiv', observation('cai-hiv', 'cai', HIV)],
  ['hidden', 'cai-untold', observation('cai-untold', 'cai', { code: { text: 'whatever' } })],
  ['hidden', 'cai-turned 1', observation('cai-turned', 'cai')],
  ['hidden', 'cai-turned 2', observation('cai-turned', 'cai', HIV)],
  ['hidden', 'cai-cleared 1', observation('cai-cleared', 'cai', HIV)],
  ['shown', 'cai-cleared 2', observation('cai-cleared', 'cai')],
  ['shown', 'cai-cleared 3', observation('cai-cleared', 'cai', { status: 'corrected' })],
  [
    'hidden',
    'cai-source-label',
    observation('cai-source-label', 'cai', { meta: { security: [labelled('HIV')] } }),
  ],
  ['hidden', 'cai-gone 1', observation('cai-gone', 'cai', HIV)],
  ['hidden', 'cai-gone 2', { kind: 'deletion', of: 'Observation/cai-gone' }],
];

function labelled(code: string): JsonObject {
  return { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code };
}

const closed: readonly Line[] = [
  ...newcomer('dee', 'hidden', 'hidden'),
  ['hidden', 'dee-1', observation('dee-1', 'dee')],
  ['hidden', 'dee-2 1', observation('dee-2', 'dee')],
  ['hidden', 'dee-2 2', observation('dee-2', 'dee', { status: 'amended' })],
  ['hidden', 'dee-gone 1', observation('dee-gone', 'dee')],
  ['hidden', 'dee-gone 2', { kind: 'deletion', of: 'Observation/dee-gone' }],
  ['hidden', 'dee-condition', condition('dee-condition', 'dee', '86406008')],
  ...newcomer('eve', 'hidden', 'hidden'),
  given('hidden', 'eve', { fromMs: NOW_MS - 30 * DAY_MS, toMs: NOW_MS - 1000 }),
  ['hidden', 'eve-1', observation('eve-1', 'eve')],
  ...newcomer('kit', 'hidden', 'hidden'),
  given('hidden', 'kit', { fromMs: NOW_MS + 1000, toMs: NOW_MS + DAY_MS }),
  ['hidden', 'kit-1', observation('kit-1', 'kit')],
  ...newcomer('fay', 'hidden', 'hidden'),
  given('hidden', 'fay'),
  ['hidden', 'fay revoked', { kind: 'revoke', grant: 'fay grant permit', how: 'latch' }],
  ['hidden', 'fay-1', observation('fay-1', 'fay')],
  ...newcomer('flo', 'hidden', 'hidden'),
  given('hidden', 'flo'),
  ['hidden', 'flo revoked', { kind: 'revoke', grant: 'flo grant permit', how: 'chain' }],
  ['hidden', 'flo-1', observation('flo-1', 'flo')],
  ...newcomer('jon', 'hidden', 'hidden'),
  ['hidden', 'jon filed', grant('jon', { patient: 'jon' }, { onChain: false })],
  ['hidden', 'jon-1', observation('jon-1', 'jon')],
  ...newcomer('ned', 'hidden', 'hidden'),
  given('hidden', 'ned', { client: 'another' }),
  ['hidden', 'ned-1', observation('ned-1', 'ned')],
  ...newcomer('pia', 'hidden', 'hidden'),
  given('hidden', 'pia', { purposes: ['HRESCH'] }),
  ['hidden', 'pia-1', observation('pia-1', 'pia')],
  ...newcomer('gus', 'hidden', 'hidden'),
  given('hidden', 'gus'),
  given('hidden', 'gus', { effect: 'deny' }),
  ['hidden', 'gus-1', observation('gus-1', 'gus')],
];

const denied: readonly Line[] = [
  ...newcomer('gil', 'shown'),
  given('shown', 'gil'),
  given('shown', 'gil', { effect: 'deny', classes: ['Observation'] }),
  ['hidden', 'gil-1', observation('gil-1', 'gil')],
  ['shown', 'gil-condition', condition('gil-condition', 'gil', '195967001')],
  ...newcomer('gwen', 'shown'),
  given('shown', 'gwen'),
  // It covers nothing that is not hidden: without it the answers are the same.
  given('hidden', 'gwen', { effect: 'deny', codes: [`${LOINC}|8462-4`] }),
  ['shown', 'gwen-1', observation('gwen-1', 'gwen')],
  ['hidden', 'gwen-2', observation('gwen-2', 'gwen', coded('8462-4'))],
];

const limited: readonly Line[] = [
  ...newcomer('hal', 'hidden'),
  given('shown', 'hal', { codes: [`${LOINC}|8480-6`] }),
  ['shown', 'hal-1', observation('hal-1', 'hal')],
  ['hidden', 'hal-2', observation('hal-2', 'hal', coded('8462-4'))],
  ['hidden', 'hal-mixed 1', observation('hal-mixed', 'hal', coded('8462-4'))],
  ['shown', 'hal-mixed 2', observation('hal-mixed', 'hal')],
  ['hidden', 'hal-condition', condition('hal-condition', 'hal', '73211009')],
  ...newcomer('ida', 'hidden'),
  [
    'shown',
    'ida grant',
    grant('ida', { patient: 'ida' }, { dataPeriod: { start: '2026-01-01', end: '2026-01-31' } }),
  ],
  ['shown', 'ida-in', observation('ida-in', 'ida')],
  ['shown', 'ida-last', observation('ida-last', 'ida', { effectiveDateTime: '2026-01-31' })],
  ['hidden', 'ida-after', observation('ida-after', 'ida', { effectiveDateTime: '2026-02-01' })],
  ['hidden', 'ida-across', observation('ida-across', 'ida', { effectiveDateTime: '2026' })],
  ['hidden', 'ida-undated', observation('ida-undated', 'ida', { effectiveDateTime: undefined })],
];

const together: readonly Line[] = [
  ...newcomer('mia', 'shown'),
  given('shown', 'mia'),
  ...newcomer('nat', 'hidden', 'hidden'),
  ['shown', 'mia-1', observation('mia-1', 'mia')],
  ['hidden', 'nat-1', observation('nat-1', 'nat')],
  ['hidden', 'nat-by-mia', observation('nat-by-mia', 'nat', { performer: [{ reference: 'Patient/mia' }] })],
  ['hidden', 'mia-by-nat', observation('mia-by-nat', 'mia', { performer: [{ reference: 'Patient/nat' }] })],
  ['shown', 'mia-by-ann', observation('mia-by-ann', 'mia', { performer: [{ reference: 'Patient/ann' }] })],
  [
    'hidden',
    'nat-coverage',
    other('Coverage', 'nat-coverage', {
      status: 'active',
      beneficiary: { reference: 'Patient/nat' },
      subscriber: { reference: 'Patient/mia' },
      payor: [{ reference: 'Organization/clinic' }],
    }),
  ],
  // Two records of one person, one of them told by another source; and one of a person who is hidden.
  ['shown', 'ona-north record', patient('ona-north')],
  ['shown', 'ona-south record', patient('ona-south')],
  ['shown', 'ona-north link', { kind: 'link', patient: 'ona-north', person: 'ona' }],
  ['shown', 'ona-south link', { kind: 'link', patient: 'ona-south', person: 'ona' }],
  ['shown', 'ona grant', grant('ona', { patient: 'ona-north' })],
  ['shown', 'ona-1', observation('ona-1', 'ona-north')],
  ['shown', 'ona-2', observation('ona-2', 'ona-south')],
  // Two records of one person, one of which tells what she keeps back.
  ['shown', 'half-north record', patient('half-north')],
  ['hidden', 'half-south record', patient('half-south', { meta: { security: [labelled('HIV')] } })],
  ['shown', 'half-north link', { kind: 'link', patient: 'half-north', person: 'half' }],
  ['shown', 'half-south link', { kind: 'link', patient: 'half-south', person: 'half' }],
  ['shown', 'half grant', grant('half', { patient: 'half-north', except: [HIV_LABEL] })],
  ['hidden', 'lin-north record', patient('lin-north')],
  ['hidden', 'lin-south record', patient('lin-south')],
  ['hidden', 'lin-north link', { kind: 'link', patient: 'lin-north', person: 'lin' }],
  ['hidden', 'lin-south link', { kind: 'link', patient: 'lin-south', person: 'lin' }],
  // A record that nobody is linked to.
  ['hidden', 'una record', patient('una')],
  ['hidden', 'una-1', observation('una-1', 'una')],
];

const nobodys: readonly Line[] = [
  ['shown', 'doc', other('Practitioner', 'doc', { name: [{ family: 'Doctor' }] })],
  ['shown', 'clinic', other('Organization', 'clinic', { active: true, name: 'Clinic' })],
  ['hidden', 'drug', other('Medication', 'drug', coded('86406008', 'http://snomed.info/sct'))],
  ['hidden', 'pump', other('Device', 'pump', { patient: { reference: 'Patient/ann' } })],
  ['hidden', 'ward', other('Group', 'ward', { type: 'person', actual: true })],
  ['hidden', 'subjectless', other('Observation', 'subjectless', { status: 'final', ...coded('8480-6') })],
  [
    'hidden',
    'elsewhere',
    observation('elsewhere', 'x', { subject: { reference: 'https://b.test/Patient/ann' } }),
  ],
  [
    'hidden',
    'inside',
    observation('inside', 'x', {
      contained: [{ resourceType: 'Patient', id: 'p' }],
      subject: { reference: '#p' },
      performer: [{ reference: 'Patient/ann' }],
    }),
  ],
];

const lines = [...open, ...byClass, ...byLabel, ...closed, ...denied, ...limited, ...together, ...nobodys];
const hiddenKeys = new Set(lines.filter(([seen]) => seen === 'hidden').map(([, key]) => key));

/** Everything that was told about the people of the village. */
export const VILLAGE: readonly Input[] = scriptOf(lines.map(([, key, told]) => [key, told]));

/** Whether the client `app` may see it, for treatment and with every type in scope. */
export function isShownToApp({ key }: Input): boolean {
  return !hiddenKeys.has(key);
}
