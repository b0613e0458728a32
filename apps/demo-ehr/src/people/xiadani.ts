import type { JsonObject } from '#digest';
import {
  allergy,
  bloodPressure,
  condition,
  encounter,
  lab,
  MRN,
  observation,
  PERSON_NUMBER,
  prescription,
  vital,
  type Measurement,
} from './chart.js';

const ID = 'n-1004';

const MEASURED: readonly Measurement[] = [
  bloodPressure('xo-101', '2025-10-06T16:00:00-05:00', '112', '70'),
  bloodPressure('xo-102', '2026-02-09T16:10:00-06:00', '115.0', '72'),
  vital('xo-103', '8867-4', 'Heart rate', '2025-10-06T16:00:00-05:00', '64', '/min'),
  vital('xo-104', '8867-4', 'Heart rate', '2026-02-09T16:10:00-06:00', '66', '/min'),
  vital('xo-105', '29463-7', 'Body weight', '2025-10-06T15:55:00-05:00', '58.90', 'kg'),
  vital('xo-106', '29463-7', 'Body weight', '2026-02-09T16:05:00-06:00', '59.30', 'kg'),
  vital('xo-107', '8302-2', 'Body height', '2025-10-06T15:55:00-05:00', '171.5', 'cm'),
  vital('xo-108', '8310-5', 'Body temperature', '2026-02-09T16:10:00-06:00', '37.00', 'Cel'),
  vital('xo-109', '9279-1', 'Respiratory rate', '2026-02-09T16:10:00-06:00', '14', '/min'),
  {
    id: 'xo-201',
    category: 'laboratory',
    code: '75622-1',
    display: 'HIV 1 and 2 tests - Meaningful Use set',
    at: '2025-10-06',
    result: ['260385009', 'Negative'],
  },
  {
    id: 'xo-202',
    category: 'laboratory',
    code: '56888-1',
    display: 'HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum or Plasma',
    at: '2026-02-09',
    result: ['260385009', 'Negative'],
  },
  lab('xo-203', '718-7', 'Hemoglobin [Mass/volume] in Blood', '2025-10-06', '13.80', 'g/dL'),
  lab('xo-204', '777-3', 'Platelets [#/volume] in Blood', '2025-10-06', '260', '10*3/uL'),
  lab('xo-205', '2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', '2025-10-06', '0.80', 'mg/dL'),
  lab('xo-206', '2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', '2026-02-09', '0.90', 'mg/dL'),
  lab('xo-207', '2345-7', 'Glucose [Mass/volume] in Serum or Plasma', '2026-02-09', '84', 'mg/dL'),
  {
    id: 'xo-301',
    category: 'social-history',
    code: '72166-2',
    display: 'Tobacco smoking status',
    at: '2025-10-06',
    result: ['266919005', 'Never smoked tobacco'],
  },
];

/** A chart with results that many people wish to keep apart. */
export const XIADANI: readonly JsonObject[] = [
  {
    resourceType: 'Patient',
    id: ID,
    identifier: [
      { use: 'usual', system: MRN, value: 'N1004' },
      { use: 'official', system: PERSON_NUMBER, value: 'EX-3055' },
    ],
    active: true,
    name: [
      { use: 'official', family: 'Moonwhistle', given: ['Xiadani'] },
      { use: 'nickname', given: ['Xia'] },
    ],
    gender: 'other',
    birthDate: '2003-08-21',
    communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'es' }] }, preferred: true }],
    generalPractitioner: [{ reference: 'Practitioner/np-2' }],
    managingOrganization: { reference: 'Organization/no-1' },
  },
  encounter(ID, 'xe-1', '2025-10-06T15:50:00-05:00', '2025-10-06T16:25:00-05:00'),
  encounter(ID, 'xe-2', '2026-02-09T16:00:00-06:00', '2026-02-09T16:30:00-06:00'),
  condition(ID, { id: 'xc-1', code: '195967001', display: 'Asthma', at: '2012-05-05' }),
  allergy(ID, { id: 'xa-1', code: '300916003', display: 'Allergy to latex', at: '2018-09-09' }),
  prescription(ID, 'xe-1', {
    id: 'xm-1',
    code: '745679',
    display: 'albuterol 90 MCG/ACTUAT Metered Dose Inhaler',
    at: '2025-10-06',
  }),
  ...MEASURED.map((row) => observation(ID, row)),
];
