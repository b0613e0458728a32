import { PREFIXES, TEMPERATURES, UNITS, type UnitRow } from './ucum-units.js';

/** The code system of UCUM. */
export const UCUM = 'http://unitsofmeasure.org';

/** How a unit becomes its canonical one: canonical value = value * factor + offset. */
export interface UnitConversion {
  /** Canonical unit, e.g. `g.m-3`; `1` for a plain number. */
  readonly code: string;
  readonly factor: number;
  readonly offset: number;
}

const MAX_CODE = 64;
const MAX_TERMS = 8;
const TERM =
  /^(?<symbol>10[*^]|\d{1,9}(?![*^])|(?:[A-Za-z%]|\[[A-Za-z0-9_]{1,12}\])+)(?<power>[+-]?\d{1,2})?(?:\{[^{}]*\})?$/;
const ANNOTATION = /^\{[^{}]*\}$/;

const conversions = new Map<string, UnitConversion | undefined>();
const MAX_REMEMBERED = 2000;

/**
 * The conversion of a UCUM code (case-sensitive) to canonical units, or undefined where the code is not in the table:
 * then it compares with itself only. Parentheses are not read.
 * @see https://ucum.org/ucum
 */
export function unitConversion(code: string): UnitConversion | undefined {
  if (code.length > MAX_CODE) return undefined;
  if (conversions.has(code)) return conversions.get(code);
  const made = convert(code);
  if (conversions.size < MAX_REMEMBERED) conversions.set(code, made);
  return made;
}

/** A value in canonical units, rounded to 12 digits so that equal amounts in different units compare equal. */
export function canonicalValue(value: number, { factor, offset }: UnitConversion): number {
  return Number((value * factor + offset).toPrecision(12));
}

function convert(code: string): UnitConversion | undefined {
  const temperature = Object.hasOwn(TEMPERATURES, code) ? TEMPERATURES[code] : undefined;
  if (temperature !== undefined) return { code: 'K', ...temperature };
  const terms = code.match(/[./]?(?:\{[^{}]*\}|[^./{}])+/g) ?? [];
  if (terms.length === 0 || terms.length > MAX_TERMS || terms.join('') !== code) return undefined;
  const parsed = terms.map(parseTerm).filter((term) => term !== undefined);
  if (parsed.length < terms.length) return undefined;
  const factor = parsed.reduce((product, { unit, power }) => product * unit.factor ** power, 1);
  return { code: writePowers(sumPowers(parsed)), factor, offset: 0 };
}

/** A unit with its power, negative below a slash. */
interface Term {
  readonly unit: UnitRow;
  readonly power: number;
}

function sumPowers(terms: readonly Term[]): ReadonlyMap<string, number> {
  const powers = new Map<string, number>();
  for (const term of terms) {
    for (const [unit, power] of term.unit.base) {
      powers.set(unit, (powers.get(unit) ?? 0) + term.power * power);
    }
  }
  return powers;
}

function parseTerm(text: string): Term | undefined {
  const sign = text.startsWith('/') ? -1 : 1;
  const term = text.replace(/^[./]/, '');
  if (ANNOTATION.test(term)) return { unit: { factor: 1, base: [], metric: false }, power: 1 };
  const groups = TERM.exec(term)?.groups;
  const unit = groups?.['symbol'] === undefined ? undefined : findUnit(groups['symbol']);
  return unit === undefined ? undefined : { unit, power: sign * Number(groups?.['power'] ?? 1) };
}

function findUnit(symbol: string): UnitRow | undefined {
  if (/^\d+$/.test(symbol)) return { factor: Number(symbol), base: [], metric: false };
  if (Object.hasOwn(UNITS, symbol)) return UNITS[symbol];
  return prefixed(symbol, 1) ?? prefixed(symbol, 2);
}

function prefixed(symbol: string, length: number): UnitRow | undefined {
  const [prefix, rest] = [symbol.slice(0, length), symbol.slice(length)];
  const scale = Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
  const unit = Object.hasOwn(UNITS, rest) ? UNITS[rest] : undefined;
  if (scale === undefined || unit === undefined || !unit.metric) return undefined;
  return { factor: scale * unit.factor, base: unit.base, metric: false };
}

function writePowers(powers: ReadonlyMap<string, number>): string {
  const parts = [...powers]
    .filter(([, power]) => power !== 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([unit, power]) => (power === 1 ? unit : `${unit}${power}`));
  return parts.length === 0 ? '1' : parts.join('.');
}
