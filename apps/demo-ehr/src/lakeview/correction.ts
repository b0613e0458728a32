import { z } from 'zod';
import type { Letter } from './letter.js';
import { orderSegments, type Order } from './order.js';
import { MARIGOLD, MARIGOLDS_ORDERS } from './people/marigold.js';
import { pid } from './person.js';
import { letter } from './segments.js';

/** A result of Marigold's that is to be put right. */
export const Correction = z.object({
  /** Lakeview's code of the result. */
  code: z.enum(['HGB', 'PLT', 'GLUC', 'FERR']).default('HGB'),
  value: z.string().regex(/^\d{1,6}(\.\d{1,4})?$/),
});

/** What is to be put right. */
export type Correction = z.infer<typeof Correction>;

/** The whole order of a result again: that line is corrected (OBX-11 C), the others are as they were. */
export function correctionOf(
  { code, value }: Correction,
  stamp: { readonly controlId: string; readonly at: string },
): Letter {
  const orders = MARIGOLDS_ORDERS.filter(({ results }) => results.some((each) => each.code[0] === code));
  return letter({ type: 'ORU^R01^ORU_R01', ...stamp }, [
    pid(MARIGOLD),
    ...orders.flatMap((order, index) =>
      orderSegments(corrected(order, { code, value }, stamp.at), index + 1),
    ),
  ]);
}

function corrected(order: Order, { code, value }: Correction, reported: string): Order {
  const results = order.results.map((each) =>
    each.code[0] === code ? { ...each, value, status: 'C' } : each,
  );
  return { ...order, results, reported, status: 'C' };
}
