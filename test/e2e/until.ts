import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 100;

/**
 * Looks again until something is there; rejects where it is not within the limit, saying what was seen last. A look that
 * throws has seen nothing.
 */
export async function until<T>(
  what: string,
  limitMs: number,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  let seen: unknown;
  do {
    // oxlint-disable no-await-in-loop -- one look after the other
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      seen = found;
    } catch (error) {
      seen = error;
    }
    await sleep(STEP_MS);
    // oxlint-enable no-await-in-loop
  } while (performance.now() < endMs);
  throw new Error(`Not within ${limitMs} ms: ${what}; last seen: ${String(seen)}`);
}
