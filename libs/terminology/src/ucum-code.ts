import { unitConversion } from './ucum.js';
import { UNIT_ALIASES, UNITS_IN_CAPITALS } from './ucum-aliases.js';

const MAX_UNIT = 64;
/** Powers of ten as they are written by hand: `x10E3/uL`, `10^3/uL`, `X10*3/UL`, `10e3/µL`. */
const TEN_TO =
  /^(?:x ?)?10(?:E|\^|\*\*?|e)(?<power>\d{1,2})(?<rest>\/(?:[uµμ]L|[uU]l|UL|mcL|mm3|mL|ml|L|l))?$/i;
/** Valid UCUM that nobody means: farad, kelvin, coulomb, megagram, petagram, gauss, molar mass of nothing. */
const TRAPS: ReadonlySet<string> = new Set([
  'F',
  'K',
  'C',
  'Mg',
  'Pg',
  'G',
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
  const meant = aliasOf(unit);
  if (meant !== undefined) return meant;
  if (TRAPS.has(unit)) return undefined;
  if (unitConversion(unit) !== undefined) return unit;
  return inCapitals(unit) ?? (stated && STATED.test(unit) ? unit : undefined);
}

function aliasOf(unit: string): string | undefined {
  if (Object.hasOwn(UNIT_ALIASES, unit)) return UNIT_ALIASES[unit];
  const ten = TEN_TO.exec(unit)?.groups;
  if (ten === undefined) return undefined;
  const over = (ten['rest'] ?? '')
    .replace(/mcL|[uU][lL]/, 'uL')
    .replace(/^\/ml$/i, '/mL')
    .replace(/^\/l$/, '/L');
  return `10*${ten['power']}${over}`;
}

function inCapitals(unit: string): string | undefined {
  const found = unit === unit.toUpperCase() ? byCapitals.get(unit) : undefined;
  return found === undefined ? undefined : (aliasOf(found) ?? found);
}
