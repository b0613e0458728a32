import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** A session that nobody holds is of a gateway that vanished; one's own, whose connection broke, is taken up again. */
export function judgeVanished(unheld: readonly string[], gateway: string): readonly MonitorFinding[] {
  return unheld
    .filter((session) => !session.startsWith(`${gateway}/`))
    .map((session) => ({ kind: 'gateway-vanished', session }));
}

/** Looks for gateways that ended without a close record: the tail of their records may be missing. */
export function vanishedGatewaysCheck(unheld: () => Promise<readonly string[]>, gateway: string): Check {
  return { name: 'vanished-gateways', look: async () => judgeVanished(await unheld(), gateway) };
}
