import type { Letter } from '../letter.js';
import { BARNABYS_LETTERS } from './barnaby.js';
import { COSMOS_LETTERS } from './cosmo.js';
import { MARIGOLDS_LETTERS } from './marigold.js';
import { ORIELS_LETTERS } from './oriel.js';

/** What Lakeview sends at each start, always the same bytes. Nobody in it exists. */
export const FIRST_LETTERS: readonly Letter[] = [
  ...MARIGOLDS_LETTERS,
  ...BARNABYS_LETTERS,
  ...ORIELS_LETTERS,
  ...COSMOS_LETTERS,
];
