import type { GroupMap, MessageMap } from '../engine/map.js';
import { CLINICAL_GROUPS } from './clinical.js';
import { HEADER_RESOURCES, SOFTWARE } from './header.js';
import { BESIDE_OBX, orderObservation, patientObservation } from './order-observation.js';
import { NEXT_OF_KIN, PATIENT_RESOURCES, PATIENT_ROLE, VISIT } from './patient.js';

const PATIENT_OBSERVATION: GroupMap = {
  name: 'PATIENT_OBSERVATION',
  opens: ['OBX'],
  has: BESIDE_OBX,
  makes: [patientObservation],
};

const PATIENT_RESULT: GroupMap = {
  name: 'PATIENT_RESULT',
  opens: ['PID'],
  has: ['PD1', 'PRT', 'ARV', 'NTE'],
  makes: PATIENT_RESOURCES,
  groups: [PATIENT_ROLE, NEXT_OF_KIN, VISIT, PATIENT_OBSERVATION, orderObservation, ...CLINICAL_GROUPS],
};

/** Results, unsolicited. Senders that leave the event out mean R01. */
export const ORU_MAPS: readonly MessageMap[] = [
  {
    structure: 'ORU_R01',
    messages: ['ORU^R01', 'ORU'],
    root: { name: 'ORU', opens: ['MSH'], makes: HEADER_RESOURCES, groups: [SOFTWARE, PATIENT_RESULT] },
  },
];
