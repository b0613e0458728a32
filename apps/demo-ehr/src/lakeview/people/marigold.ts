import type { Letter } from '../letter.js';
import { orderSegments, type Order } from '../order.js';
import { pid, type Person } from '../person.js';
import { letter, segment } from '../segments.js';

/** She is at Northside too: same registry number, same birth date. Lakeview knows her by an older address. */
export const MARIGOLD: Person = {
  mrn: 'LK-20391',
  registry: 'EX-4401',
  name: 'QUILLFEATHER^MARIGOLD^U',
  born: '19930417',
  sex: 'F',
  more: { 11: '9 Jetty Lane^^Lakeham^^00000^XZ^H', 13: '^PRN^PH^^^555^0100142' },
};

/** Two orders that are reported in one message. */
export const MARIGOLDS_ORDERS: readonly Order[] = [
  {
    filler: 'LKL-7001',
    placer: 'W4-118',
    code: ['CBC', 'Blood count'],
    loinc: ['58410-2', 'CBC panel - Blood by Automated count'],
    at: '20251020084500',
    reported: '20251020113000',
    section: 'HM',
    results: [
      {
        kind: 'NM',
        code: ['HGB', 'Hemoglobin'],
        loinc: ['718-7', 'Hemoglobin [Mass/volume] in Blood'],
        value: '11.90',
        unit: 'g/dL^gram per deciliter^UCUM',
        range: '12.0-15.5',
        flag: 'L',
        notes: ['Sample slightly clotted, counted by hand \\T\\ confirmed.', 'Please repeat in two weeks.'],
      },
      {
        kind: 'NM',
        code: ['PLT', 'Platelets'],
        loinc: ['777-3', 'Platelets [#/volume] in Blood by Automated count'],
        value: '231',
        unit: '10*3/uL^^UCUM',
        range: '150-400',
        flag: 'N',
      },
    ],
  },
  {
    filler: 'LKL-7002',
    placer: 'W4-119',
    code: ['CHEM2', 'Glucose and ferritin'],
    at: '20251020084500',
    reported: '20251020121500',
    section: 'CH',
    results: [
      {
        kind: 'NM',
        code: ['GLUC', 'Glucose'],
        value: '88',
        unit: 'MG/DL',
        range: '70-99',
        flag: 'N',
      },
      {
        kind: 'NM',
        code: ['FERR', 'Ferritin'],
        loinc: ['2276-4', 'Ferritin [Mass/volume] in Serum or Plasma'],
        value: '12.5',
        unit: 'ng/mL^^UCUM',
        range: '>15',
        flag: 'L',
      },
    ],
  },
];

/** What Lakeview sends of her at its start. */
export const MARIGOLDS_LETTERS: readonly Letter[] = [
  letter({ type: 'ADT^A28^ADT_A05', controlId: 'LKV000001', at: '20251020080100' }, [
    segment('EVN', { 1: 'A28', 2: '20251020080100' }),
    pid(MARIGOLD),
    segment('PV1', { 1: '1', 2: 'N' }),
  ]),
  letter({ type: 'ADT^A04^ADT_A01', controlId: 'LKV000002', at: '20251020081500' }, [
    segment('EVN', { 1: 'A04', 2: '20251020081500' }),
    pid(MARIGOLD),
    segment('PV1', {
      1: '1',
      2: 'O',
      3: 'LAB^^^LAKEVIEW',
      7: '7731^Marrowby^Clementine^^^Dr.^^^LAKEVIEW',
      19: 'V-5501',
      44: '20251020081500',
    }),
    segment('AL1', { 1: '1', 2: 'DA', 3: 'PCN^Penicillin^99LKV', 4: 'MO', 5: 'Rash', 6: '20140602' }),
  ]),
  letter({ type: 'ORU^R01^ORU_R01', controlId: 'LKV000003', at: '20251020122000' }, [
    pid(MARIGOLD),
    ...MARIGOLDS_ORDERS.flatMap((order, index) => orderSegments(order, index + 1)),
  ]),
];
