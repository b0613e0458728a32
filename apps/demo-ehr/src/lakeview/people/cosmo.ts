import type { Letter } from '../letter.js';
import { orderSegments } from '../order.js';
import { pid, type Person } from '../person.js';
import { letter, segment } from '../segments.js';

const COSMO: Person = {
  mrn: 'LK-30205',
  registry: 'EX-9003',
  name: 'UMBRELLABY^COSMO',
  born: '20190611',
  sex: 'M',
  more: { 11: '40 Lighthouse Walk^^Lakeham^^00000^XZ^H' },
};
const VISIT = { 1: '1', 2: 'E', 3: 'ED^2^^LAKEVIEW', 19: 'V-5530', 44: '20251009191000' };

/** A child in the emergency room: registered, his address put right, a culture that is not final yet. */
export const COSMOS_LETTERS: readonly Letter[] = [
  letter({ type: 'ADT^A04^ADT_A01', controlId: 'LKV000031', at: '20251009191200' }, [
    segment('EVN', { 1: 'A04', 2: '20251009191000' }),
    pid(COSMO),
    segment('NK1', { 1: '1', 2: 'UMBRELLABY^HESTIA', 3: 'MTH^Mother^HL70063' }),
    segment('PV1', VISIT),
  ]),
  letter({ type: 'ADT^A08^ADT_A01', controlId: 'LKV000032', at: '20251009193000' }, [
    segment('EVN', { 1: 'A08', 2: '20251009193000' }),
    pid(COSMO, { 11: '41 Lighthouse Walk^^Lakeham^^00000^XZ^H' }),
    segment('PV1', VISIT),
  ]),
  letter({ type: 'ORU^R01^ORU_R01', controlId: 'LKV000033', at: '20251010150000' }, [
    pid(COSMO),
    segment('PV1', VISIT),
    ...orderSegments(
      {
        filler: 'LKL-7021',
        placer: 'ED-77',
        code: ['THRCX', 'Throat culture'],
        loinc: ['626-2', 'Bacteria identified in Throat by Culture'],
        at: '20251009194500',
        reported: '20251010145500',
        section: 'MB',
        status: 'P',
        results: [
          {
            kind: 'CWE',
            code: ['STREP', 'Streptococcus group A'],
            loinc: ['11268-0', 'Streptococcus pyogenes [Presence] in Throat by Organism specific culture'],
            value: 'NEG^Negative^99LKV^260385009^Negative^SCT',
            status: 'P',
          },
          {
            kind: 'ST',
            code: ['APPEAR', 'Appearance'],
            value: 'Pale \\T\\ mucoid',
            status: 'P',
            notes: ['Growth is looked at again tomorrow.'],
          },
        ],
      },
      1,
    ),
  ]),
];
