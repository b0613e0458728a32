import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** A check that looks at most once in `everyMs`, and tells what it found last in between. */
export function paced({ name, look }: Check, everyMs: number, clock: () => number): Check {
  let last: { readonly untilMs: number; readonly findings: readonly MonitorFinding[] } | undefined;
  return {
    name,
    look: async () => {
      if (last !== undefined && clock() < last.untilMs) return last.findings;
      const findings = await look();
      last = { untilMs: clock() + everyMs, findings };
      return findings;
    },
  };
}
