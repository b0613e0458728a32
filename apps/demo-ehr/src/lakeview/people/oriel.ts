import type { Letter } from '../letter.js';
import { pid, type Person } from '../person.js';
import { letter, segment } from '../segments.js';

const ORIEL: Person = {
  mrn: 'LK-30120',
  name: 'NETTLEWICK^ORIEL^J',
  born: '19880229',
  sex: 'F',
  more: { 11: '12 Ferry Street^^Lakeham^^00000^XZ^H', 13: '^PRN^PH^^^555^0100190' },
};
/** The same woman, entered twice: for a merge. */
const ORIEL_AGAIN: Person = { mrn: 'LK-30177', name: 'NETTLEWICK^ORIELLE', born: '198802', sex: 'F' };

/** Numbers of hers at Lakeview: the one that stays, and the one that was a mistake. */
export const ORIELS_NUMBERS = { into: ORIEL.mrn, from: ORIEL_AGAIN.mrn } as const;

/** She moves, and her telephone number is to be deleted (`""`); a second record of her is made by mistake. */
export const ORIELS_LETTERS: readonly Letter[] = [
  letter({ type: 'ADT^A28^ADT_A05', controlId: 'LKV000021', at: '20250902093000' }, [
    segment('EVN', { 1: 'A28', 2: '20250902093000' }),
    pid(ORIEL),
    segment('PV1', { 1: '1', 2: 'N' }),
  ]),
  letter({ type: 'ADT^A31^ADT_A05', controlId: 'LKV000022', at: '20250915140000' }, [
    segment('EVN', { 1: 'A31', 2: '20250915140000' }),
    pid(ORIEL, { 11: '2 Boathouse Row^^Lakeham^^00000^XZ^H', 13: '""' }),
    segment('PV1', { 1: '1', 2: 'N' }),
  ]),
  letter({ type: 'ADT^A28^ADT_A05', controlId: 'LKV000023', at: '20251001083000' }, [
    segment('EVN', { 1: 'A28', 2: '20251001083000' }),
    pid(ORIEL_AGAIN),
    segment('PV1', { 1: '1', 2: 'N' }),
  ]),
];
