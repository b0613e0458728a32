/** A time that passes, unless it is cleared first. */
export interface Timer {
  readonly passed: Promise<{ readonly kind: 'late' }>;
  clear(): void;
}

/** Starts a timer. */
export function timer(ms: number): Timer {
  const { promise, resolve } = Promise.withResolvers<{ readonly kind: 'late' }>();
  const id = setTimeout(() => resolve({ kind: 'late' }), ms);
  return { passed: promise, clear: () => clearTimeout(id) };
}
