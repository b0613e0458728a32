/** A unit: how many of its base units it is. The base is a product of powers, `g.L-1` being `[['g', 1], ['L', -1]]`. */
export interface UnitRow {
  readonly factor: number;
  readonly base: readonly (readonly [unit: string, power: number])[];
  /** Whether a metric prefix may precede it. */
  readonly metric: boolean;
}

const metric = (factor: number, ...base: UnitRow['base']): UnitRow => ({ factor, base, metric: true });
const plain = (factor: number, ...base: UnitRow['base']): UnitRow => ({ factor, base, metric: false });

const LENGTH = ['m', 1] as const;
const MASS = ['g', 1] as const;
const TIME = ['s', 1] as const;
const AMOUNT = ['mol', 1] as const;
const VOLUME = ['m', 3] as const;
const PRESSURE = [MASS, ['m', -1], ['s', -2]] as const;
const ENERGY = [MASS, ['m', 2], ['s', -2]] as const;

/**
 * UCUM units of clinical measurements, reduced to base units. The mole stays a base of its own, since amounts and plain
 * counts are not compared. Arbitrary units ([iU], U of something) have themselves as base.
 * @see https://ucum.org/ucum#section-Tables-of-Terminal-Symbols
 */
export const UNITS: Readonly<Record<string, UnitRow | undefined>> = {
  m: metric(1, LENGTH),
  '[in_i]': plain(0.0254, LENGTH),
  '[ft_i]': plain(0.3048, LENGTH),
  '[yd_i]': plain(0.9144, LENGTH),
  '[mi_i]': plain(1609.344, LENGTH),
  g: metric(1, MASS),
  '[lb_av]': plain(453.59237, MASS),
  '[oz_av]': plain(28.349523125, MASS),
  '[gr]': plain(0.06479891, MASS),
  t: metric(1e6, MASS),
  u: metric(1.66053906892e-24, MASS),
  L: metric(1e-3, VOLUME),
  l: metric(1e-3, VOLUME),
  '[foz_us]': plain(2.95735295625e-5, VOLUME),
  '[gal_us]': plain(3.785411784e-3, VOLUME),
  s: metric(1, TIME),
  min: plain(60, TIME),
  h: plain(3600, TIME),
  d: plain(86_400, TIME),
  wk: plain(604_800, TIME),
  mo: plain(2_629_800, TIME),
  a: plain(31_557_600, TIME),
  Hz: metric(1, ['s', -1]),
  mol: metric(1, AMOUNT),
  eq: metric(1, ['eq', 1]),
  osm: metric(1, ['osm', 1]),
  kat: metric(1, AMOUNT, ['s', -1]),
  U: metric(1 / 6e7, AMOUNT, ['s', -1]),
  '[iU]': metric(1, ['[iU]', 1]),
  '[IU]': metric(1, ['[iU]', 1]),
  K: metric(1, ['K', 1]),
  Pa: metric(1000, ...PRESSURE),
  bar: metric(1e8, ...PRESSURE),
  atm: plain(101_325_000, ...PRESSURE),
  'm[Hg]': metric(133_322_000, ...PRESSURE),
  'm[H2O]': metric(9_806_650, ...PRESSURE),
  '[psi]': plain(6_894_757.293168, ...PRESSURE),
  N: metric(1000, MASS, LENGTH, ['s', -2]),
  J: metric(1000, ...ENERGY),
  cal: metric(4184, ...ENERGY),
  '[Cal]': plain(4_184_000, ...ENERGY),
  W: metric(1000, MASS, ['m', 2], ['s', -3]),
  A: metric(1, ['A', 1]),
  C: metric(1, ['A', 1], TIME),
  V: metric(1000, MASS, ['m', 2], ['s', -3], ['A', -1]),
  Ohm: metric(1000, MASS, ['m', 2], ['s', -3], ['A', -2]),
  Bq: metric(1, ['s', -1]),
  Gy: metric(1, ['m', 2], ['s', -2]),
  Sv: metric(1, ['m', 2], ['s', -2]),
  '[diop]': plain(1, ['m', -1]),
  '[pH]': plain(1, ['[pH]', 1]),
  deg: plain(1, ['deg', 1]),
  rad: metric(180 / Math.PI, ['deg', 1]),
  B: metric(1, ['B', 1]),
  '%': plain(1e-2),
  '[ppth]': plain(1e-3),
  '[ppm]': plain(1e-6),
  '[ppb]': plain(1e-9),
  '10*': plain(10),
  '10^': plain(10),
};

/** Metric prefixes. */
export const PREFIXES: Readonly<Record<string, number | undefined>> = {
  T: 1e12,
  G: 1e9,
  M: 1e6,
  k: 1e3,
  h: 1e2,
  da: 1e1,
  d: 1e-1,
  c: 1e-2,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
  p: 1e-12,
  f: 1e-15,
  a: 1e-18,
};

/** Temperatures have another zero, so they convert only when they stand alone: kelvin = value * factor + offset. */
export const TEMPERATURES: Readonly<Record<string, { factor: number; offset: number } | undefined>> = {
  Cel: { factor: 1, offset: 273.15 },
  '[degF]': { factor: 5 / 9, offset: 459.67 * (5 / 9) },
};
