import { z } from 'zod';
import type { Hex } from '#consent';

/** A `bytea` column. */
export const BYTES = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** A text column that holds 0x-prefixed hex. */
export const HEX = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/.test(value));

/** A `timestamptz` column: epoch milliseconds, `±Infinity` where open. */
export const TIME = z.custom<number>((value) => typeof value === 'number' && !Number.isNaN(value));
