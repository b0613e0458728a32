import type { RuleSet } from '#consent';
import type { BasisCitation } from '#provenance';
import type { Parts } from './parts.js';

/** What a record cites of a person's Consents. */
export async function citations(
  set: RuleSet | undefined,
  consents: readonly string[],
  parts: Pick<Parts, 'bindingLeaf'>,
): Promise<readonly BasisCitation[]> {
  const cited = (set?.consents ?? []).filter(({ consent }) => consents.includes(consent));
  return Promise.all(
    cited.map(async ({ consent, citation }) => ({
      kind: 'consent' as const,
      consent,
      ...citation,
      binding: await parts.bindingLeaf(citation.binding),
    })),
  );
}
