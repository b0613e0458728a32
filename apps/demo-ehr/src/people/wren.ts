import type { JsonObject } from '#digest';
import {
  encounter,
  lab,
  MRN,
  observation,
  PERSON_NUMBER,
  prescription,
  vital,
  type Measurement,
} from './chart.js';

const ID = 'n-1002';
const MOTHER = 'n-1001';

const MEASURED: readonly Measurement[] = [
  vital('wo-101', '8339-4', 'Birth weight Measured', '2026-04-02T03:41:00-05:00', '3.210', 'kg'),
  vital('wo-102', '89269-5', 'Body height Measured --at birth', '2026-04-02T03:41:00-05:00', '49.50', 'cm'),
  vital(
    'wo-103',
    '9843-4',
    'Head occipital-frontal circumference',
    '2026-04-02T03:50:00-05:00',
    '34.0',
    'cm',
  ),
  vital('wo-104', '8867-4', 'Heart rate', '2026-04-02T03:50:00-05:00', '142', '/min'),
  vital('wo-105', '9279-1', 'Respiratory rate', '2026-04-02T03:50:00-05:00', '44', '/min'),
  vital('wo-106', '8310-5', 'Body temperature', '2026-04-02T04:00:00-05:00', '36.90', 'Cel'),
  vital('wo-107', '9272-6', '1 minute Apgar Score', '2026-04-02T03:42:00-05:00', '8', '{score}'),
  vital('wo-108', '9274-2', '5 minute Apgar Score', '2026-04-02T03:46:00-05:00', '9', '{score}'),
  vital('wo-109', '29463-7', 'Body weight', '2026-04-04T08:00:00-05:00', '3.080', 'kg'),
  vital('wo-110', '29463-7', 'Body weight', '2026-04-16T10:00:00-05:00', '3.40', 'kg'),
  lab('wo-201', '1975-2', 'Bilirubin.total [Mass/volume] in Serum or Plasma', '2026-04-03', '6.20', 'mg/dL'),
  lab('wo-202', '1975-2', 'Bilirubin.total [Mass/volume] in Serum or Plasma', '2026-04-04', '8.0', 'mg/dL'),
  lab('wo-203', '2345-7', 'Glucose [Mass/volume] in Serum or Plasma', '2026-04-02', '61', 'mg/dL'),
  lab('wo-204', '718-7', 'Hemoglobin [Mass/volume] in Blood', '2026-04-02', '17.10', 'g/dL'),
  {
    ...vital('wo-301', '9057-1', 'Feedings per day', '2026-04-16T10:00:00-05:00', '9', '/d'),
    category: 'social-history',
    performer: `Patient/${MOTHER}`,
  },
];

/** The newborn: one of these observations is by the mother, so it is about two people. */
export const WREN: readonly JsonObject[] = [
  {
    resourceType: 'Patient',
    id: ID,
    identifier: [
      { use: 'usual', system: MRN, value: 'N1002' },
      { use: 'official', system: PERSON_NUMBER, value: 'EX-7790' },
    ],
    active: true,
    name: [{ use: 'official', family: 'Quillfeather', given: ['Wren'] }],
    gender: 'male',
    birthDate: '2026-04-02',
    multipleBirthBoolean: false,
    managingOrganization: { reference: 'Organization/no-1' },
  },
  encounter(ID, 'we-1', '2026-04-02T03:41:00-05:00', '2026-04-04T11:00:00-05:00'),
  prescription(ID, 'we-1', {
    id: 'wm-1',
    code: '1244014',
    display: 'cholecalciferol 400 UNT/ML Oral Solution',
    at: '2026-04-04',
  }),
  ...MEASURED.map((row) => observation(ID, row)),
];
