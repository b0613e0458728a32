import type { JsonObject } from '#digest';
import { UCUM, ucumCode } from '#terminology';
import type { Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { compact } from './parts.js';
import { codingSystem } from './systems.js';

const NUMBER = /^[\d.+-]+$/;

/**
 * A unit (CWE) as the parts of a Quantity: the text as sent, and the UCUM code where it is certain; else code and system
 * as the sender named them; a code without a system stays text.
 */
export function unitParts(cell: Cell | undefined, place: Place): JsonObject {
  if (cell === undefined) return {};
  const [code, text, name] = [1, 2, 3].map((part) => cell.at(part).value());
  const system = codingSystem(name, place.conversion.sender);
  const unit = text ?? code;
  const ucum = code === undefined ? undefined : certainUcum(code, system);
  const coded = ucum !== undefined ? { system: UCUM, code: ucum } : system === UCUM ? {} : { system, code };
  const isCoded = coded.code !== undefined && coded.system !== undefined;
  return compact({ unit, ...(isCoded && coded) }) ?? {};
}

/**
 * A code that the sender says to be of another system than UCUM is not read as UCUM, nor is a number alone; local names of
 * systems (`L`, `ISO+`) say nothing against it.
 */
function certainUcum(code: string, system: string | undefined): string | undefined {
  if (system === UCUM) return ucumCode(code, true);
  const isOther = system !== undefined && !system.startsWith('urn:id:');
  return isOther || NUMBER.test(code) ? undefined : ucumCode(code);
}
