import { Seal } from './seal.js';

/**
 * Makes the seal of a record that is durable and included. For implementations of `LogStore` alone:
 * MUST be called only after COMMIT succeeded.
 */
export const sealCommitted = Seal.make;
