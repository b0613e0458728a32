import type { JsonObject } from '#digest';
import { DIRECTORY } from './directory.js';
import { IGNATIUS } from './ignatius.js';
import { MARIGOLD } from './marigold.js';
import { WREN } from './wren.js';
import { XIADANI } from './xiadani.js';

/** Everything Northside knows at its start. Nobody in it exists. */
export const PEOPLE: readonly JsonObject[] = [...DIRECTORY, ...MARIGOLD, ...WREN, ...IGNATIUS, ...XIADANI];
