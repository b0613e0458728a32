import { V2_LIMITS } from './limits.js';
import type { Delimiters } from './message.js';

/** Whether a segment has more fields, or one of its fields more parts, than `V2_LIMITS` allows. */
export function oversized(line: string, delimiters: Delimiters): boolean {
  const { field, component, repetition, subcomponent } = delimiters;
  let fields = 0;
  let parts = 0;
  if (line.length <= V2_LIMITS.fields) {
    return false;
  }
  for (const character of line) {
    if (character === field) {
      fields += 1;
      parts = 0;
    } else if (character === component || character === repetition || character === subcomponent) {
      parts += 1;
    }
    if (fields > V2_LIMITS.fields || parts > V2_LIMITS.parts) {
      return true;
    }
  }
  return false;
}
