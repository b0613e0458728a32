/**
 * Loaded before a process under test (`--import`): its clock is as many hours off as a file says, from one call to the next.
 * `performance.now` and the operating system are left alone.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const HOUR_MS = 3_600_000;
const Own = Date;
// oxlint-disable-next-line node/no-process-env -- the test says it there
const file = process.env.CLOCK_HOURS_FILE;

function now() {
  return Own.now() + Math.round(Number(readFileSync(file, 'utf8')) * HOUR_MS);
}

if (file !== undefined) {
  globalThis.Date = class extends Own {
    constructor(...parts) {
      super(...(parts.length === 0 ? [now()] : parts));
    }

    static now() {
      return now();
    }
  };
}
