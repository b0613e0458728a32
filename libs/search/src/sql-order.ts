import type { Prefix } from '#fhir';

type Compare = Readonly<Record<Prefix, (lo: string, hi: string) => string>>;

/** Rows [i.lo, i.hi) against a searched span [lo, hi). @see https://hl7.org/fhir/R4/search.html#prefix */
const span: Compare = {
  eq: (lo, hi) => `i.lo >= ${lo} and i.hi <= ${hi}`,
  ne: (lo, hi) => `not (i.lo >= ${lo} and i.hi <= ${hi})`,
  gt: (_, hi) => `i.hi > ${hi}`,
  lt: (lo) => `i.lo < ${lo}`,
  ge: (lo, hi) => `(i.hi > ${hi} or i.lo >= ${lo} and i.hi <= ${hi})`,
  le: (lo, hi) => `(i.lo < ${lo} or i.lo >= ${lo} and i.hi <= ${hi})`,
  sa: (_, hi) => `i.lo >= ${hi}`,
  eb: (lo) => `i.hi <= ${lo}`,
  ap: (lo, hi) => `i.lo < ${hi} and ${lo} < i.hi`,
};

/** Rows [i.lo, i.hi], closed, against the precision of a searched number [lo, hi). */
const number: Compare = {
  eq: (lo, hi) => `i.lo >= ${lo} and (i.hi < ${hi} or i.hi = ${lo})`,
  ne: (lo, hi) => `not (i.lo >= ${lo} and (i.hi < ${hi} or i.hi = ${lo}))`,
  gt: (_, hi) => `i.hi > ${hi}`,
  lt: (lo) => `i.lo < ${lo}`,
  ge: (lo) => `i.hi >= ${lo}`,
  le: (_, hi) => `i.lo <= ${hi}`,
  sa: (_, hi) => `i.lo > ${hi}`,
  eb: (lo) => `i.hi < ${lo}`,
  ap: (lo, hi) => `i.lo <= ${hi} and ${lo} <= i.hi`,
};

/** An instant of a column against a searched span [lo, hi). */
const instant: Readonly<Record<Prefix, (at: string, lo: string, hi: string) => string>> = {
  eq: (at, lo, hi) => `(${at} >= ${lo} and ${at} < ${hi})`,
  ne: (at, lo, hi) => `not (${at} >= ${lo} and ${at} < ${hi})`,
  gt: (at, _, hi) => `${at} >= ${hi}`,
  lt: (at, lo) => `${at} < ${lo}`,
  ge: (at, lo) => `${at} >= ${lo}`,
  le: (at, _, hi) => `${at} < ${hi}`,
  sa: (at, _, hi) => `${at} >= ${hi}`,
  eb: (at, lo) => `${at} < ${lo}`,
  ap: (at, lo, hi) => `(${at} >= ${lo} and ${at} < ${hi})`,
};

/** Conditions by prefix. */
export const ORDER = { span, number, instant } as const;
