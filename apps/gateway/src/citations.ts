import { type Basis, distinctBases, type RuleSet } from '#consent';
import type { BasisCitation } from '#provenance';
import type { Parts } from './parts.js';

/** What a record cites of a person's Consents, and of policies. */
export async function citations(
  set: RuleSet | undefined,
  bases: readonly Basis[],
  parts: Pick<Parts, 'bindingLeaf'>,
): Promise<readonly BasisCitation[]> {
  const consents = new Set(bases.flatMap((basis) => (basis.kind === 'consent' ? [basis.consent] : [])));
  const cited = (set?.consents ?? []).filter(({ consent }) => consents.has(consent));
  const consented = await Promise.all(
    cited.map(async ({ consent, citation }) => ({
      kind: 'consent' as const,
      consent,
      ...citation,
      binding: await parts.bindingLeaf(citation.binding),
    })),
  );
  return [...consented, ...distinctBases(bases).filter((basis) => basis.kind === 'policy')];
}
