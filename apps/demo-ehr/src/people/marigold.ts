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
  type Measurement,
  vital,
} from './chart.js';

const ID = 'n-1001';

const MEASURED: readonly Measurement[] = [
  bloodPressure('mo-101', '2025-09-08T09:20:00-05:00', '118', '74'),
  bloodPressure('mo-102', '2025-11-10T09:15:00-06:00', '120.00', '76'),
  bloodPressure('mo-103', '2026-01-12T10:05:00-06:00', '124', '78.0'),
  vital('mo-104', '8867-4', 'Heart rate', '2025-09-08T09:20:00-05:00', '72', '/min'),
  vital('mo-105', '8867-4', 'Heart rate', '2026-01-12T10:05:00-06:00', '81', '/min'),
  vital('mo-106', '29463-7', 'Body weight', '2025-09-08T09:10:00-05:00', '63.50', 'kg'),
  vital('mo-107', '29463-7', 'Body weight', '2025-11-10T09:05:00-06:00', '66.10', 'kg'),
  vital('mo-108', '29463-7', 'Body weight', '2026-01-12T10:00:00-06:00', '70.0', 'kg'),
  vital('mo-109', '8302-2', 'Body height', '2025-09-08T09:10:00-05:00', '168', 'cm'),
  vital('mo-110', '8310-5', 'Body temperature', '2026-01-12T10:05:00-06:00', '36.80', 'Cel'),
  lab('mo-201', '718-7', 'Hemoglobin [Mass/volume] in Blood', '2025-09-08', '12.10', 'g/dL'),
  lab('mo-202', '718-7', 'Hemoglobin [Mass/volume] in Blood', '2026-01-12', '11.4', 'g/dL'),
  lab('mo-203', '777-3', 'Platelets [#/volume] in Blood', '2025-09-08', '238', '10*3/uL'),
  lab('mo-204', '2345-7', 'Glucose [Mass/volume] in Serum or Plasma', '2025-11-10', '92.0', 'mg/dL'),
  lab('mo-205', '1504-0', 'Glucose 1 hour post 50 g glucose PO', '2025-11-10', '128', 'mg/dL'),
  lab('mo-206', '2276-4', 'Ferritin [Mass/volume] in Serum or Plasma', '2026-01-12', '14.20', 'ng/mL'),
  {
    id: 'mo-207',
    category: 'laboratory',
    code: '883-9',
    display: 'ABO group [Type] in Blood',
    at: '2025-09-08',
    result: ['112144000', 'Blood group A'],
  },
  { id: 'mo-208', category: 'laboratory', code: '5767-9', display: 'Appearance of Urine', at: '2026-01-12' },
  {
    id: 'mo-301',
    category: 'social-history',
    code: '72166-2',
    display: 'Tobacco smoking status',
    at: '2025-09-08',
    result: ['266919005', 'Never smoked tobacco'],
  },
];

/** The mother of the pair. */
export const MARIGOLD: readonly JsonObject[] = [
  {
    resourceType: 'Patient',
    id: ID,
    identifier: [
      { use: 'usual', system: MRN, value: 'N1001' },
      { use: 'official', system: PERSON_NUMBER, value: 'EX-4401' },
    ],
    active: true,
    name: [{ use: 'official', family: 'Quillfeather', given: ['Marigold', 'Ume'] }],
    gender: 'female',
    birthDate: '1993-04-17',
    address: [{ line: ['1 Sample Row'], city: 'Exampleton', country: 'XZ' }],
    generalPractitioner: [{ reference: 'Practitioner/np-1' }],
    managingOrganization: { reference: 'Organization/no-1' },
  },
  encounter(ID, 'me-1', '2025-09-08T09:00:00-05:00', '2025-09-08T09:40:00-05:00'),
  encounter(ID, 'me-2', '2026-01-12T09:50:00-06:00', '2026-01-12T10:30:00-06:00'),
  condition(ID, { id: 'mc-1', code: '77386006', display: 'Pregnancy', at: '2025-08-20' }),
  condition(ID, { id: 'mc-2', code: '87522002', display: 'Iron deficiency anemia', at: '2026-01-12' }),
  allergy(ID, { id: 'ma-1', code: '91936005', display: 'Allergy to penicillin', at: '2014-06-02' }),
  prescription(ID, 'me-2', {
    id: 'mm-1',
    code: '310325',
    display: 'ferrous sulfate 325 MG Oral Tablet',
    at: '2026-01-12',
  }),
  ...MEASURED.map((row) => observation(ID, row)),
];
