import type { GroupMap, MessageMap } from '../engine/map.js';
import { DB1_PATIENT } from '../tables/db1.js';
import { MRG_ACCOUNT, MRG_LEFT, MRG_PATIENT } from '../tables/mrg.js';
import { CLINICAL_GROUPS } from './clinical.js';
import { EVENT, HEADER_RESOURCES, SOFTWARE } from './header.js';
import { GUARANTOR, INSURANCE } from './insurance.js';
import { BESIDE_OBX, patientObservation } from './order-observation.js';
import { EVENT_ADDITIONS, NEXT_OF_KIN, PATIENT_RESOURCES, PATIENT_ROLE, VISIT } from './patient.js';
import { PRIOR_NUMBERS } from './patient-numbers.js';

const OBSERVATION: GroupMap = {
  name: 'OBSERVATION',
  opens: ['OBX'],
  has: BESIDE_OBX,
  makes: [patientObservation],
};

const ADT_EVENT: GroupMap = { ...EVENT, adds: EVENT_ADDITIONS };

/** All groups of ADT messages; which of them stand in a message depends on the event and the sender. */
const PATIENT_GROUPS: readonly GroupMap[] = [
  PATIENT_ROLE,
  NEXT_OF_KIN,
  VISIT,
  OBSERVATION,
  ...CLINICAL_GROUPS,
  GUARANTOR,
  INSURANCE,
];

const PATIENT: GroupMap = {
  name: 'PATIENT',
  opens: ['PID'],
  has: ['PD1', 'ARV', 'PRT', 'DB1'],
  makes: PATIENT_RESOURCES,
  adds: [{ into: 'patient', from: [DB1_PATIENT] }],
  groups: PATIENT_GROUPS,
};

function messagesOf(...events: readonly string[]): readonly string[] {
  return events.flatMap((line) => line.split(' ')).map((event) => `ADT^${event}`);
}

/** Admissions, discharges, transfers, registrations and updates: one tree for all, since they differ by what is left out. */
const ADT: MessageMap = {
  structure: 'ADT_A01',
  messages: messagesOf(
    'A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 A17 A21 A22 A23 A25 A26 A27 A28 A29 A31 A32 A33',
    'A38 A52 A53 A54 A55 A60',
  ),
  root: {
    name: 'ADT',
    opens: ['MSH'],
    has: ['ARV'],
    makes: HEADER_RESOURCES,
    groups: [SOFTWARE, ADT_EVENT, PATIENT],
  },
};

/** MRG of a merge: the record that gives way, even where it was never seen. */
const MERGE: GroupMap = {
  name: 'MERGE',
  opens: ['MRG'],
  makes: [
    {
      name: 'prior',
      type: 'Patient',
      keys: [[{ first: PRIOR_NUMBERS, as: 'patient' }]],
      from: [MRG_PATIENT],
      links: [{ to: 'link[].other', of: 'patient' }],
      defaults: { 'link[last].type': 'replaced-by' },
      mode: 'merge',
    },
    {
      name: 'prior-account',
      type: 'Account',
      keys: [[{ first: ['MRG-3'], as: 'identifier' }]],
      from: [MRG_ACCOUNT],
      links: [{ to: 'subject[]', of: 'prior' }],
      defaults: { status: 'unknown' },
      mode: 'merge',
    },
  ],
};

/** Merges of two records of a person, and changes of a record's number: MRG names what is no more. */
const ADT_MERGE: MessageMap = {
  structure: 'ADT_A39',
  messages: messagesOf('A18 A30 A34 A36 A39 A40 A46 A47'),
  root: { ...ADT.root, groups: [SOFTWARE, EVENT, { ...PATIENT, groups: [MERGE, ...PATIENT_GROUPS] }] },
  merges: [{ from: 'prior', into: 'patient' }],
};

/** MRG of a visit or an account that moves: the patient whom it leaves stays who they are. */
const MOVE: GroupMap = {
  name: 'MOVE',
  opens: ['MRG'],
  makes: [
    {
      name: 'left',
      type: 'Patient',
      keys: [[{ first: PRIOR_NUMBERS, as: 'patient' }]],
      from: [MRG_LEFT],
      mode: 'merge',
      equals: 'join',
    },
  ],
};

/** Visits and accounts that move from one patient to another: no record of a person ends. */
const ADT_MOVE: MessageMap = {
  structure: 'ADT_A45',
  messages: messagesOf('A43 A44 A45'),
  root: { ...ADT.root, groups: [SOFTWARE, EVENT, { ...PATIENT, groups: [MOVE, ...PATIENT_GROUPS] }] },
};

/** The maps of ADT. */
export const ADT_MAPS: readonly MessageMap[] = [ADT, ADT_MERGE, ADT_MOVE];
