/** Injection token of `Parts`. */
export const PARTS = Symbol('audit parts');
