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

const ID = 'n-1003';
const A1C = 'Hemoglobin A1c/Hemoglobin.total in Blood';

const MEASURED: readonly Measurement[] = [
  bloodPressure('io-101', '2025-03-03T14:00:00-06:00', '148', '92'),
  bloodPressure('io-102', '2025-06-02T14:10:00-05:00', '142', '90'),
  bloodPressure('io-103', '2025-09-01T13:50:00-05:00', '136', '86.0'),
  bloodPressure('io-104', '2025-12-01T14:05:00-06:00', '131', '84'),
  bloodPressure('io-105', '2026-03-02T14:00:00-06:00', '128.0', '80'),
  vital('io-106', '29463-7', 'Body weight', '2025-03-03T13:55:00-06:00', '98.20', 'kg'),
  vital('io-107', '29463-7', 'Body weight', '2025-09-01T13:45:00-05:00', '94.7', 'kg'),
  vital('io-108', '29463-7', 'Body weight', '2026-03-02T13:55:00-06:00', '92.00', 'kg'),
  vital('io-109', '8302-2', 'Body height', '2025-03-03T13:55:00-06:00', '181', 'cm'),
  vital('io-110', '39156-5', 'Body mass index', '2026-03-02T13:55:00-06:00', '28.1', 'kg/m2'),
  vital('io-111', '8867-4', 'Heart rate', '2026-03-02T14:00:00-06:00', '70', '/min'),
  vital('io-112', '2708-6', 'Oxygen saturation in Arterial blood', '2026-03-02T14:00:00-06:00', '97', '%'),
  lab('io-201', '4548-4', A1C, '2025-03-03', '8.40', '%'),
  lab('io-202', '4548-4', A1C, '2025-06-02', '7.9', '%'),
  lab('io-203', '4548-4', A1C, '2025-09-01', '7.30', '%'),
  lab('io-204', '4548-4', A1C, '2026-03-02', '6.8', '%'),
  lab('io-205', '2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', '2025-03-03', '1.10', 'mg/dL'),
  lab('io-206', '2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', '2026-03-02', '1.0', 'mg/dL'),
  lab(
    'io-207',
    '2089-1',
    'Cholesterol in LDL [Mass/volume] in Serum or Plasma',
    '2025-03-03',
    '141',
    'mg/dL',
  ),
  lab(
    'io-208',
    '2089-1',
    'Cholesterol in LDL [Mass/volume] in Serum or Plasma',
    '2026-03-02',
    '88.0',
    'mg/dL',
  ),
  lab('io-209', '2823-3', 'Potassium [Moles/volume] in Serum or Plasma', '2026-03-02', '4.40', 'mmol/L'),
  lab('io-210', '2951-2', 'Sodium [Moles/volume] in Serum or Plasma', '2026-03-02', '139', 'mmol/L'),
  {
    id: 'io-301',
    category: 'social-history',
    code: '72166-2',
    display: 'Tobacco smoking status',
    at: '2025-03-03',
    result: ['8517006', 'Ex-smoker'],
  },
];

/** A long chart with two chronic diseases. */
export const IGNATIUS: readonly JsonObject[] = [
  {
    resourceType: 'Patient',
    id: ID,
    identifier: [
      { use: 'usual', system: MRN, value: 'N1003' },
      { use: 'official', system: PERSON_NUMBER, value: 'EX-1189' },
    ],
    active: true,
    name: [{ use: 'official', family: 'Okafor-Brambleby', given: ['Ignatius'], suffix: ['Sr.'] }],
    gender: 'male',
    birthDate: '1958-11-30',
    telecom: [
      {
        system: 'phone',
        _value: {
          extension: [
            { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' },
          ],
        },
      },
    ],
    extension: [{ url: 'https://northside.example/fhir/loyalty-tier', valueString: 'brass' }],
    generalPractitioner: [{ reference: 'Practitioner/np-2' }],
    managingOrganization: { reference: 'Organization/no-1' },
  },
  encounter(ID, 'ie-1', '2025-03-03T13:50:00-06:00', '2025-03-03T14:30:00-06:00'),
  encounter(ID, 'ie-2', '2025-09-01T13:40:00-05:00', '2025-09-01T14:15:00-05:00'),
  encounter(ID, 'ie-3', '2026-03-02T13:50:00-06:00', '2026-03-02T14:20:00-06:00'),
  condition(ID, { id: 'ic-1', code: '44054006', display: 'Diabetes mellitus type 2', at: '2011-02-14' }),
  condition(ID, { id: 'ic-2', code: '38341003', display: 'Hypertensive disorder', at: '2009-07-01' }),
  allergy(ID, { id: 'ia-1', code: '91934008', display: 'Allergy to nut', at: '1990-01-01' }),
  prescription(ID, 'ie-1', {
    id: 'im-1',
    code: '861007',
    display: 'metformin hydrochloride 500 MG Oral Tablet',
    at: '2025-03-03',
  }),
  prescription(ID, 'ie-1', {
    id: 'im-2',
    code: '314076',
    display: 'lisinopril 10 MG Oral Tablet',
    at: '2025-03-03',
  }),
  ...MEASURED.map((row) => observation(ID, row)),
];
