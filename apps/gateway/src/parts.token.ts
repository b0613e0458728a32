/** Injection token of `Parts`. */
export const PARTS = Symbol('gateway parts');
