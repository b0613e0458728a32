import { allCellsAt, firstCellAt, isValued, type Here } from './address.js';
import type { Condition } from './map.js';

/** Whether a condition holds at a place. */
export function holds(condition: Condition | undefined, here: Here): boolean {
  if (condition === undefined) return true;
  if ('valued' in condition) return isValued(condition.valued, here);
  if ('not' in condition) return !holds(condition.not, here);
  if ('all' in condition) return condition.all.every((one) => holds(one, here));
  if ('any' in condition) return condition.any.some((one) => holds(one, here));
  if ('equals' in condition) return equals(condition.equals, here);
  return 'longer' in condition ? isLonger(condition.longer, here) : repeats(condition.repeats, here);
}

function isLonger([address, length]: readonly [string, number], here: Here): boolean {
  return (firstCellAt(address, here)?.value()?.length ?? 0) > length;
}

function repeats([address, count]: readonly [string, number], here: Here): boolean {
  let found = 0;
  for (const cell of allCellsAt(address, here)) {
    found += cell.isNull ? 0 : 1;
    if (found > count) return true;
  }
  return false;
}

function equals([address, ...values]: readonly [string, ...string[]], here: Here): boolean {
  const found = firstCellAt(address, here)?.value()?.toUpperCase();
  return found !== undefined && values.some((value) => value.toUpperCase() === found);
}
