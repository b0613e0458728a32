/** Of a 95 % interval, in standard deviations to either side. */
const DEVIATIONS = 1.96;
/** Values that follow a drift wholly tell nothing; the interval stays a number. */
const MOST_ALIKE = 0.999;

/** The value below which `share` of the values lie; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** A straight line through values that were taken at even times, and how sure its slope is. */
export interface Trend {
  /** Change from one value to the next. */
  readonly slope: number;
  /** Half of the slope's 95 % interval. */
  readonly halfWidth: number;
}

/**
 * The line of least squares. Neighbouring values of a process are alike, so that each tells less than one that stands alone: the
 * interval is widened by the correlation of the residuals with those before them, as for a first-order autoregression.
 */
export function trendOf(values: readonly number[]): Trend {
  const count = values.length;
  const middle = (count - 1) / 2;
  const mean = sumOf(values) / count;
  const spread = sumOf(values.map((_, at) => (at - middle) ** 2));
  const slope = sumOf(values.map((value, at) => (at - middle) * (value - mean))) / spread;
  const residuals = values.map((value, at) => value - mean - slope * (at - middle));
  const squares = sumOf(residuals.map((each) => each ** 2));
  const products = sumOf(residuals.slice(1).map((each, at) => each * (residuals[at] ?? 0)));
  const alike = squares === 0 ? 0 : Math.min(MOST_ALIKE, Math.max(0, products / squares));
  const deviation = Math.sqrt(squares / Math.max(1, count - 2) / spread);
  return { slope, halfWidth: DEVIATIONS * deviation * Math.sqrt((1 + alike) / (1 - alike)) };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0);
}
