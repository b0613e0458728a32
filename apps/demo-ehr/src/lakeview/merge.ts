import { z } from 'zod';
import type { Letter } from './letter.js';
import { ORIELS_NUMBERS } from './people/oriel.js';
import { identifier } from './person.js';
import { letter, segment } from './segments.js';

const number = z.string().regex(/^[A-Z]{2}-\d{1,8}$/);

/** Numbers of two records of one person; by default Oriel's. */
export const Merge = z.object({
  into: number.default(ORIELS_NUMBERS.into),
  from: number.default(ORIELS_NUMBERS.from),
});

/** Which record gives way to which. */
export type Merge = z.infer<typeof Merge>;

/** A40: one record gives way to the other. */
export function mergeOf(
  { into, from }: Merge,
  stamp: { readonly controlId: string; readonly at: string },
): Letter {
  return letter({ type: 'ADT^A40^ADT_A39', ...stamp }, [
    segment('EVN', { 1: 'A40', 2: stamp.at }),
    segment('PID', { 1: '1', 3: identifier(into), 5: 'NETTLEWICK^ORIEL^J' }),
    segment('MRG', { 1: identifier(from) }),
  ]);
}
