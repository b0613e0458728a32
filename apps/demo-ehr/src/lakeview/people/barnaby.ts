import type { Letter } from '../letter.js';
import { orderSegments } from '../order.js';
import { pid, type Person } from '../person.js';
import { letter, segment } from '../segments.js';

const BARNABY: Person = {
  mrn: 'LK-30044',
  registry: 'EX-6120',
  // in Latin-1, as everything that Lakeview sends
  name: 'PEPPERWHISTLE^BARNABÉ^^^^^L~PEPPERWHISTLE^BARNEY^^^^^N',
  born: '19710923',
  sex: 'M',
  more: { 11: '3 Harbour Steps^^Lakeham^^00000^XZ^H', 15: 'fr^French^ISO6391', 16: 'M' },
};
const STAY = {
  1: '1',
  2: 'I',
  3: 'W4^412^B^LAKEVIEW',
  7: '7731^Marrowby^Clementine^^^Dr.^^^LAKEVIEW',
  19: 'V-5507',
  44: '20251103071000',
};

/** A stay on the ward: known, admitted, his potassium measured, discharged. */
export const BARNABYS_LETTERS: readonly Letter[] = [
  letter({ type: 'ADT^A28^ADT_A05', controlId: 'LKV000011', at: '20251102160000' }, [
    segment('EVN', { 1: 'A28', 2: '20251102160000' }),
    pid(BARNABY),
    segment('PV1', { 1: '1', 2: 'N' }),
  ]),
  letter({ type: 'ADT^A01^ADT_A01', controlId: 'LKV000012', at: '20251103071200' }, [
    segment('EVN', { 1: 'A01', 2: '20251103071000' }),
    pid(BARNABY),
    segment('NK1', {
      1: '1',
      2: 'PEPPERWHISTLE^ODETTE',
      3: 'SPO^Spouse^HL70063',
      5: '^PRN^PH^^^555^0100177',
    }),
    segment('PV1', STAY),
    segment('AL1', { 1: '1', 2: 'FA', 3: 'SHELL^Shellfish^99LKV', 4: 'SV', 5: 'Hives~Swelling' }),
    segment('DG1', { 1: '1', 3: 'K35.80^Acute appendicitis^I10', 5: '20251103', 6: 'A' }),
    segment('IN1', {
      1: '1',
      2: 'PLAN-A^Plan A',
      3: 'MUTUAL^^^LAKEVIEW',
      4: 'Mutual of Exampleton',
      12: '20250101',
      17: 'SEL^Self^HL70063',
      36: 'M-77120',
    }),
  ]),
  letter({ type: 'ORU^R01^ORU_R01', controlId: 'LKV000013', at: '20251103102500' }, [
    pid(BARNABY),
    segment('PV1', STAY),
    ...orderSegments(
      {
        filler: 'LKL-7010',
        placer: 'W4-201',
        code: ['LYTES', 'Electrolytes'],
        at: '20251103073000',
        reported: '20251103102000',
        section: 'CH',
        results: [
          {
            kind: 'NM',
            code: ['K', 'Potassium'],
            loinc: ['2823-3', 'Potassium [Moles/volume] in Serum or Plasma'],
            value: '5.6',
            unit: 'mmol/L^^UCUM',
            range: '3.5-5.1',
            flag: 'H',
            notes: ['Hemolysed.'],
          },
          {
            kind: 'NM',
            code: ['CRP', 'C reactive protein'],
            loinc: ['1988-5', 'C reactive protein [Mass/volume] in Serum or Plasma'],
            value: '96',
            unit: 'mg/L^^UCUM',
            range: '<5',
            flag: 'HH',
          },
        ],
      },
      1,
    ),
  ]),
  letter({ type: 'ADT^A03^ADT_A03', controlId: 'LKV000014', at: '20251106110000' }, [
    segment('EVN', { 1: 'A03', 2: '20251106104500' }),
    pid(BARNABY),
    segment('PV1', { ...STAY, 36: '01', 45: '20251106104500' }),
  ]),
];
