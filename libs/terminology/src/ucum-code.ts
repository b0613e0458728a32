import { unitConversion } from './ucum.js';
import { UNIT_ALIASES, UNITS_IN_CAPITALS } from './ucum-aliases.js';

const MAX_UNIT = 64;
/** Powers of ten as they are written by hand: `x10E3/uL`, `10^3/uL`, `X10*3/UL`, `10e3/µL`. */
const TEN_TO = /^(?:x ?)?10(?:E|\^|\*\*?)(?<power>\d{1,2})(?:\/(?<per>uL|mcL|mm3|mL|L))?$/i;
/** What a count is per, in small letters. */
const PER: ReadonlyMap<string, string> = new Map([
  ['ul', 'uL'],
  ['mcl', 'uL'],
  ['mm3', 'mm3'],
  ['ml', 'mL'],
  ['l', 'L'],
]);
/** In capitals only: mega-, giga- or tera-. Whoever writes so does so with all units, and means none of these. */
const LARGE_PREFIX = /(?<![A-Z[])[MGT][A-Z]/;
/**
 * Valid UCUM that nobody means: farad, kelvin, coulomb, megagram, petagram, gauss, molar mass of nothing. `G/L` is gram per
 * litre to some and 10*9/L to others.
 */
const TRAPS: ReadonlySet<string> = new Set([
  'F',
  'K',
  'C',
  'Mg',
  'Pg',
  'G',
  'G/L',
  'M',
  'T',
  'B',
  'A',
  'N',
  'V',
  'u',
  'a/h',
]);
const STATED = /^[!-~]{1,64}$/;

const byCapitals = new Map(UNITS_IN_CAPITALS.map((unit) => [unit.toUpperCase(), unit]));

/**
 * The UCUM code of a unit as a sender wrote it, or undefined where that is not certain: then the text alone is kept.
 * `stated`: the sender says that it is UCUM, which is believed of what the unit table does not know, though not of codes
 * that are valid and never meant (`F` is farad, `K` kelvin).
 * @see https://ucum.org/ucum
 */
export function ucumCode(text: string, stated = false): string | undefined {
  const unit = text.trim().replace(/[\u00b5\u03bc]/g, 'u');
  if (unit === '' || unit.length > MAX_UNIT) return undefined;
  return aliasOf(unit) ?? (TRAPS.has(unit) ? undefined : (inCapitals(unit) ?? asWritten(unit, stated)));
}

/** A unit that is UCUM, or is said to be. */
function asWritten(unit: string, stated: boolean): string | undefined {
  if (isLarge(unit)) return undefined;
  return unitConversion(unit) !== undefined || (stated && STATED.test(unit)) ? unit : undefined;
}

function isLarge(unit: string): boolean {
  return unit === unit.toUpperCase() && LARGE_PREFIX.test(unit);
}

function aliasOf(unit: string): string | undefined {
  if (Object.hasOwn(UNIT_ALIASES, unit)) return UNIT_ALIASES[unit];
  const ten = TEN_TO.exec(unit)?.groups;
  if (ten === undefined) return undefined;
  const per = PER.get((ten['per'] ?? '').toLowerCase());
  return `10*${Number(ten['power'])}${per === undefined ? '' : `/${per}`}`;
}

function inCapitals(unit: string): string | undefined {
  const found = unit === unit.toUpperCase() ? byCapitals.get(unit) : undefined;
  return found === undefined ? undefined : (aliasOf(found) ?? found);
}
