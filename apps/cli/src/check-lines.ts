import type { Verdict } from '#provenance';

/** Checks as lines of a terminal: state, name, and what was seen, in columns. */
export function checkLines(checks: Verdict['checks']): readonly string[] {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  return checks.map(({ name, state, detail }) => `${state.padEnd(7)}  ${name.padEnd(width)}  ${detail}`);
}
