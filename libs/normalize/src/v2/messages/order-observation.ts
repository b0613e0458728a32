import { ABSENT } from '../datatypes/parts.js';
import type { Condition, GroupMap, KeyPart, Link, ResourceMap, SegmentMap } from '../engine/map.js';
import { NTE_NOTE } from '../tables/nte.js';
import {
  hasSpecimen,
  OBR_DIAGNOSTIC_REPORT,
  OBR_OBSERVATION,
  OBR_SERVICE_REQUEST,
  OBR_SPECIMEN,
  ORC_DIAGNOSTIC_REPORT,
} from '../tables/obr.js';
import { isAnswer, OBX_OBSERVATION } from '../tables/obx.js';
import { ORC_SERVICE_REQUEST, ORDER_NUMBERS } from '../tables/orc.js';
import { PRT_DIAGNOSTIC_REPORT, PRT_OBSERVATION, PRT_SERVICE_REQUEST } from '../tables/prt.js';
import { SPM_SPECIMEN } from '../tables/spm.js';
import { timingQuantity, TQ1_SERVICE_REQUEST } from '../tables/tq1.js';

const FILLER_FIRST: KeyPart = { first: ['OBR-3', 'ORC-3', 'OBR-2', 'ORC-2'], as: 'entity' };
const PLACER_FIRST: KeyPart = { first: ['ORC-2', 'OBR-2', 'ORC-3', 'OBR-3'], as: 'entity' };
const SERVICE: KeyPart = { first: ['OBR-4'], as: 'code', optional: true };
const PATIENT: KeyPart = { of: 'patient', optional: true };
const OBSERVED_AT: KeyPart = { first: ['OBR-7', 'OBX-14'], as: 'text', optional: true };
const OBSERVATION: readonly KeyPart[] = [
  { first: ['OBX-3'], as: 'code', optional: true },
  { first: ['OBX-4'], as: 'text', optional: true },
];

/** An order without any number is known by its patient, service and time. */
const UNNUMBERED: readonly KeyPart[] = [{ word: 'unnumbered' }, PATIENT, SERVICE, OBSERVED_AT];

const SUBJECT: readonly Link[] = [
  { to: 'subject', of: 'patient' },
  { to: 'encounter', of: 'encounter' },
];

const NOTES: SegmentMap = { segment: 'NTE', rows: NTE_NOTE };
const OBX: SegmentMap = { segment: 'OBX', rows: OBX_OBSERVATION };

/** What FHIR requires of an Observation and a message may not say. */
const OBSERVATION_DEFAULTS = { status: 'unknown', code: ABSENT('unknown') };

const order: ResourceMap = {
  name: 'order',
  type: 'ServiceRequest',
  keys: [[PLACER_FIRST, SERVICE], UNNUMBERED],
  from: [
    {
      segment: 'ORC',
      rows: [...ORDER_NUMBERS.filter(({ from }) => from.startsWith('ORC')), ...ORC_SERVICE_REQUEST],
    },
    {
      segment: 'OBR',
      rows: [...ORDER_NUMBERS.filter(({ from }) => from.startsWith('OBR')), ...OBR_SERVICE_REQUEST],
    },
    { segment: 'TQ1', rows: TQ1_SERVICE_REQUEST },
    { segment: 'ORC', rows: timingQuantity('ORC-7') },
    { segment: 'OBR', rows: timingQuantity('OBR-27'), when: { not: { valued: 'ORC-7' } } },
    PRT_SERVICE_REQUEST,
    NOTES,
  ],
  links: [...SUBJECT, { to: 'supportingInfo[]', of: 'answer', all: true }],
  defaults: { status: 'unknown', intent: 'order', subject: ABSENT('unknown') },
};

const report: ResourceMap = {
  name: 'report',
  type: 'DiagnosticReport',
  keys: [[FILLER_FIRST, SERVICE], UNNUMBERED],
  from: [
    { segment: 'OBR', rows: [...ORDER_NUMBERS, ...ORC_DIAGNOSTIC_REPORT, ...OBR_DIAGNOSTIC_REPORT] },
    PRT_DIAGNOSTIC_REPORT,
  ],
  links: [
    ...SUBJECT,
    { to: 'basedOn[]', of: 'order' },
    { to: 'specimen[]', of: 'specimen', all: true },
    { to: 'result[]', of: 'observation', all: true },
  ],
  defaults: { status: 'unknown', code: ABSENT('unknown') },
};

/** The specimen that OBR tells of, where there is no SPM. */
const orderedSpecimen: ResourceMap = {
  name: 'specimen',
  type: 'Specimen',
  keys: [
    [{ word: 'order' }, FILLER_FIRST],
    [{ word: 'order' }, ...UNNUMBERED],
  ],
  from: [{ segment: 'OBR', rows: OBR_SPECIMEN }],
  links: [{ to: 'subject', of: 'patient' }],
  when: { all: [hasSpecimen, { not: { valued: 'SPM' } }] },
};

const specimen: ResourceMap = {
  name: 'specimen',
  type: 'Specimen',
  keys: [
    [{ first: ['SPM-2.2', 'SPM-2.1'], as: 'entity' }],
    [{ word: 'order' }, FILLER_FIRST, { first: ['SPM-4'], as: 'code', optional: true }],
    [{ word: 'order' }, ...UNNUMBERED, { first: ['SPM-4'], as: 'code', optional: true }],
  ],
  from: [{ segment: 'SPM', rows: [...SPM_SPECIMEN, ...OBR_SPECIMEN] }, NOTES],
  links: [{ to: 'subject', of: 'patient' }],
  equals: 'join',
};

/** The result that gave reason for the order: OBR-26 says which, of the order that OBR-29 names. */
const PARENT_RESULT: readonly Link[] = [
  {
    to: 'derivedFrom[]',
    of: 'observation',
    matching: [
      ['OBX-3.1', 'OBR-26.1.1'],
      ['OBX-4.1', 'OBR-26.2'],
      ['OBR-3.1', 'OBR-29.2.1'],
    ],
    when: { valued: 'OBR-29.2' },
  },
  {
    to: 'derivedFrom[]',
    of: 'observation',
    matching: [
      ['OBX-3.1', 'OBR-26.1.1'],
      ['OBX-4.1', 'OBR-26.2'],
      ['OBR-2.1', 'OBR-29.1.1'],
    ],
    when: { not: { valued: 'OBR-29.2' } },
  },
];

const RESULT_LINKS: readonly Link[] = [...SUBJECT, ...PARENT_RESULT, { to: 'specimen', of: 'specimen' }];

/** An OBX below OBR: a result, or the answer to a question of the order. */
function ordered(name: string, when: Condition): ResourceMap {
  return {
    name,
    type: 'Observation',
    keys: [
      [FILLER_FIRST, SERVICE, ...OBSERVATION],
      [...UNNUMBERED, ...OBSERVATION],
    ],
    from: [{ segment: 'OBX', rows: [...OBX_OBSERVATION, ...OBR_OBSERVATION] }, PRT_OBSERVATION, NOTES],
    links: [...RESULT_LINKS, { to: 'basedOn[]', of: 'order' }],
    defaults: OBSERVATION_DEFAULTS,
    when,
  };
}

/** An OBX below SPM: about the specimen itself. */
const specimenObservation: ResourceMap = {
  name: 'specimen-observation',
  type: 'Observation',
  keys: [[{ word: 'specimen' }, { of: 'specimen', optional: true }, ...OBSERVATION]],
  from: [OBX, PRT_OBSERVATION, NOTES],
  links: [...SUBJECT, { to: 'focus[]', of: 'specimen' }],
  defaults: OBSERVATION_DEFAULTS,
};

/** An OBX below PID or PV1, without an order. */
export const patientObservation: ResourceMap = {
  name: 'patient-observation',
  type: 'Observation',
  keys: [[{ word: 'patient' }, PATIENT, ...OBSERVATION, { first: ['OBX-14'], as: 'text', optional: true }]],
  from: [OBX, PRT_OBSERVATION, NOTES],
  links: SUBJECT,
  defaults: OBSERVATION_DEFAULTS,
};

/** Segments that may follow each OBX. */
export const BESIDE_OBX = ['NTE', 'PRT'] as const;

/** ORDER_OBSERVATION of ORU_R01: an order, its report, its results, its specimens. */
export const orderObservation: GroupMap = {
  name: 'ORDER_OBSERVATION',
  opens: ['ORC', 'OBR'],
  has: ['NTE', 'PRT', 'TQ1', 'TQ2', 'CTD', 'FT1', 'CTI'],
  makes: [order, report, orderedSpecimen],
  groups: [
    {
      name: 'OBSERVATION',
      opens: ['OBX'],
      has: BESIDE_OBX,
      makes: [ordered('observation', { not: isAnswer }), ordered('answer', isAnswer)],
    },
    {
      name: 'SPECIMEN',
      opens: ['SPM'],
      has: ['NTE', 'PRT'],
      makes: [specimen],
      groups: [
        { name: 'SPECIMEN_OBSERVATION', opens: ['OBX'], has: BESIDE_OBX, makes: [specimenObservation] },
      ],
    },
  ],
};
