import { ABSENT } from '../datatypes/parts.js';
import type { Condition, GroupMap, KeyPart, Link, ResourceMap } from '../engine/map.js';
import { NK1_CONTACT, NK1_RELATED_PERSON, isContactOnly } from '../tables/nk1.js';
import { PD1_LIVING_WILL, PD1_PATIENT } from '../tables/pd1.js';
import { PID_ACCOUNT, PID_MOTHER, PID_PATIENT, PID_PROVENANCE } from '../tables/pid.js';
import {
  EVN_ENCOUNTER_END,
  PV1_COVERAGE,
  PV1_ENCOUNTER,
  PV1_EPISODE,
  PV1_PATIENT,
  PV2_ENCOUNTER,
} from '../tables/pv1.js';
import { ROL_ENCOUNTER, ROL_PRACTITIONER_ROLE } from '../tables/rol.js';
import { PATIENT_NUMBERS } from './patient-numbers.js';

/** The patient, as part of another's key. */
export const OF_PATIENT: KeyPart = { of: 'patient' };
export const SUBJECT: Link = { to: 'subject', of: 'patient' };
const PATIENT: Link = { to: 'patient', of: 'patient' };

/** PID and PD1. A patient without any identifier is known from this message alone. */
export const patient: ResourceMap = {
  name: 'patient',
  type: 'Patient',
  keys: [[{ first: PATIENT_NUMBERS, as: 'patient' }], [{ word: 'message' }, { digestOf: 'message' }]],
  from: [PID_PATIENT, PD1_PATIENT],
  mode: 'merge',
  equals: 'join',
};

const account: ResourceMap = {
  name: 'account',
  type: 'Account',
  keys: [[{ first: ['PID-18'], as: 'identifier' }]],
  from: [PID_ACCOUNT],
  links: [{ to: 'subject[]', of: 'patient' }],
  defaults: { status: 'active' },
  mode: 'merge',
  equals: 'join',
};

const mother: ResourceMap = {
  name: 'mother',
  type: 'RelatedPerson',
  keys: [[OF_PATIENT, { word: 'mother' }, { first: ['PID-21'], as: 'identifier' }]],
  from: [PID_MOTHER],
  links: [PATIENT],
  defaults: {
    'relationship[]': {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }],
    },
  },
  mode: 'merge',
};

const patientProvenance: ResourceMap = {
  name: 'patient-provenance',
  type: 'Provenance',
  keys: [[OF_PATIENT, { first: ['PID-33'], as: 'text' }]],
  from: [PID_PROVENANCE],
  links: [{ to: 'target[]', of: 'patient' }],
  defaults: { _recorded: ABSENT('unknown') },
  when: { all: [{ valued: 'PID-33' }, { valued: 'PID-34' }] },
};

const livingWill: ResourceMap = {
  name: 'living-will',
  type: 'Observation',
  keys: [[OF_PATIENT, { word: 'living-will' }]],
  from: [PD1_LIVING_WILL],
  links: [SUBJECT],
  when: { valued: 'PD1-7' },
};

/** Resources of a PID with its PD1. */
export const PATIENT_RESOURCES: readonly ResourceMap[] = [
  patient,
  account,
  mother,
  patientProvenance,
  livingWill,
];

/** Class `N`, not applicable, and nothing that tells one visit from another: the segment is there for its name alone. */
const NO_VISIT: Condition = {
  all: [
    { equals: ['PV1-2.1', 'N'] },
    ...['PV1-19', 'PV1-50', 'PV1-44'].map((address) => ({ not: { valued: address } })),
  ],
};

/** PV1 and PV2. A visit without a number is known by its beginning, else from this message alone. */
const encounter: ResourceMap = {
  name: 'encounter',
  type: 'Encounter',
  keys: [
    [{ first: ['PV1-19', 'PV1-50'], as: 'identifier' }],
    [OF_PATIENT, { word: 'visit' }, { first: ['PV1-44'], as: 'text' }],
    [OF_PATIENT, { word: 'visit-of-message' }, { digestOf: 'message' }],
  ],
  from: [PV1_ENCOUNTER, PV2_ENCOUNTER],
  links: [SUBJECT, { to: 'episodeOfCare[]', of: 'episode' }],
  defaults: { status: 'unknown', class: { ...ABSENT('unknown') } },
  mode: 'merge',
  equals: 'join',
  when: { not: NO_VISIT },
};

const episode: ResourceMap = {
  name: 'episode',
  type: 'EpisodeOfCare',
  keys: [[{ first: ['PV1-54'], as: 'identifier' }]],
  from: [PV1_EPISODE],
  links: [PATIENT],
  defaults: { _status: ABSENT('unknown') },
  mode: 'merge',
  equals: 'join',
};

const financialClass: ResourceMap = {
  name: 'financial-class',
  type: 'Coverage',
  keys: [[OF_PATIENT, { word: 'financial-class' }, { first: ['PV1-20'], as: 'text' }]],
  from: [PV1_COVERAGE],
  links: [{ to: 'beneficiary', of: 'patient' }],
  defaults: { status: 'active', 'payor[]': ABSENT('unknown') },
  mode: 'merge',
};

const role: ResourceMap = {
  name: 'role',
  type: 'PractitionerRole',
  keys: [
    [
      { first: ['ROL-4'], as: 'person' },
      { first: ['ROL-3'], as: 'code', optional: true },
      { first: ['ROL-14'], as: 'text', optional: true },
    ],
  ],
  from: [ROL_PRACTITIONER_ROLE],
  mode: 'merge',
  equals: 'join',
};

/** A ROL that follows PID: who cares for the patient. */
export const PATIENT_ROLE: GroupMap = {
  name: 'PATIENT_ROLE',
  opens: ['ROL'],
  makes: [role],
  adds: [
    {
      into: 'patient',
      from: [],
      links: [{ to: 'generalPractitioner[]', of: 'role', when: { equals: ['ROL-3.1', 'PP'] } }],
    },
  ],
};

/** A ROL that follows PV1. */
const VISIT_ROLE: GroupMap = {
  name: 'VISIT_ROLE',
  opens: ['ROL'],
  makes: [role],
  adds: [
    { into: 'encounter', from: [ROL_ENCOUNTER], links: [{ to: 'participant[].individual', of: 'role' }] },
  ],
};

/** PV1 and what follows it. */
export const VISIT: GroupMap = {
  name: 'VISIT',
  opens: ['PV1'],
  has: ['PV2', 'ARV', 'PRT'],
  makes: [encounter, episode, financialClass],
  adds: [{ into: 'patient', from: [PV1_PATIENT] }],
  groups: [VISIT_ROLE],
};

/** EVN adds the end to a visit that ends. */
export const EVENT_ADDITIONS = [{ into: 'encounter', from: [EVN_ENCOUNTER_END] }] as const;

const relatedPerson: ResourceMap = {
  name: 'related-person',
  type: 'RelatedPerson',
  keys: [
    [OF_PATIENT, { first: ['NK1-33', 'NK1-12'], as: 'identifier' }],
    [
      OF_PATIENT,
      { word: 'name' },
      { first: ['NK1-2'], as: 'name' },
      { first: ['NK1-3'], as: 'code', optional: true },
    ],
    [OF_PATIENT, { word: 'relation' }, { first: ['NK1-3'], as: 'code' }],
  ],
  from: [NK1_RELATED_PERSON],
  links: [PATIENT],
  when: { not: isContactOnly },
  mode: 'merge',
  equals: 'join',
};

/** NK1: a contact of the patient, and mostly a person of their own. */
export const NEXT_OF_KIN: GroupMap = {
  name: 'NEXT_OF_KIN',
  opens: ['NK1'],
  makes: [relatedPerson],
  adds: [{ into: 'patient', from: [NK1_CONTACT] }],
};
