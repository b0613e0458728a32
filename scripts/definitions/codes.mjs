// Expands the value sets of required bindings to plain lists of codes, where the definitions hold them whole.

/** Code systems under a licence of their own, or open by nature: never listed. */
const NOT_LISTED = /snomed|loinc/;

function conceptsOf(concepts = []) {
  return concepts.flatMap((one) => [one.code, ...conceptsOf(one.concept)]);
}

function included(include, codeSystems) {
  if (include.filter || include.valueSet || include.system === undefined) return undefined;
  if (NOT_LISTED.test(include.system)) return undefined;
  if (include.concept) return include.concept.map((one) => one.code);
  const system = codeSystems.get(include.system);
  return system?.content === 'complete' ? conceptsOf(system.concept) : undefined;
}

/** `[[system, codes], ...]` of a value set, or undefined where it cannot be listed in full. */
export function expand(canonical, { valueSets, codeSystems }) {
  const set = valueSets.get(canonical.split('|')[0]);
  if (set?.compose === undefined || set.compose.exclude) return undefined;
  const bySystem = new Map();
  for (const include of set.compose.include) {
    const codes = included(include, codeSystems);
    if (codes === undefined || codes.length === 0) return undefined;
    bySystem.set(include.system, [...(bySystem.get(include.system) ?? []), ...codes]);
  }
  return [...bySystem];
}

/** A short name for a value set: the last part of its URL. */
export function setName(canonical) {
  return canonical.split('|')[0].split('/').at(-1);
}
