import { z } from 'zod';
import type { Letter } from './letter.js';
import { orderSegments, type Order } from './order.js';
import { MARIGOLD } from './people/marigold.js';
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

/** Her orders with one result put right: that line is corrected (OBX-11 C), the others are as they were. */
export function corrected(
  orders: readonly Order[],
  { code, value }: Correction,
  reported: string,
): readonly Order[] {
  return orders.map((order) =>
    has(order, code)
      ? {
          ...order,
          reported,
          status: 'C',
          results: order.results.map((each) =>
            each.code[0] === code ? { ...each, value, status: 'C' } : each,
          ),
        }
      : order,
  );
}

/** The whole order of a result again, as it is now. */
export function correctionOf(
  orders: readonly Order[],
  code: Correction['code'],
  stamp: { readonly controlId: string; readonly at: string },
): Letter {
  const again = orders.filter((order) => has(order, code));
  return letter({ type: 'ORU^R01^ORU_R01', ...stamp }, [
    pid(MARIGOLD),
    ...again.flatMap((order, index) => orderSegments(order, index + 1)),
  ]);
}

function has({ results }: Order, code: string): boolean {
  return results.some((each) => each.code[0] === code);
}
