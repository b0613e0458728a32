import type { Normaliser } from './normalised.js';
import { normaliseR4 } from './vendor/normalise-r4.js';

/** One row per dialect: its name in the inbox, and what normalises it. */
export const DIALECTS = {
  'fhir-r4': normaliseR4,
} as const satisfies Record<string, Normaliser>;

/** The dialects that sources speak. */
export type Dialect = keyof typeof DIALECTS;
