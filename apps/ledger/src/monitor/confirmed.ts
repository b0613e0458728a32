import type { Check } from './check.js';
import { findingKey } from './finding.js';

/** A check whose findings count once two looks in a row had them: what passes by itself within a round is no incident. */
export function confirmed({ name, look }: Check): Check {
  let before = new Set<string>();
  return {
    name,
    look: async () => {
      const findings = await look();
      const lasting = findings.filter((finding) => before.has(findingKey(finding)));
      before = new Set(findings.map(findingKey));
      return lasting;
    },
  };
}
