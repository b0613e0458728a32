import { guard as judgeAgain, type GuardResult, type Judged, type RuleSet } from '#consent';
import type { DataInteraction, Found, Guarded } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { judgedOf } from '../judged-of.js';

/**
 * Judges each version again, by the second implementation, from rule sets that this process holds. What it removes is an
 * incident, unless rules changed between query and guard: then the request is asked again.
 */
export async function guard<I extends DataInteraction>(
  state: Found<I>,
  parts: Parts,
): Promise<Advance<Guarded<I>>> {
  const held = await ruleSetsOf(state, parts);
  const judged = state.rows.map(judgedOf);
  const result = judgeAgain(state.permit, { rows: judged, sawPosition: state.sawPosition }, held);
  if (result.outcome === 'clear') {
    const bases = basesOf(result.kept);
    return go({ ...state, ruleSets: [...held.values()], obligations: state.permit.obligations, bases });
  }
  if (result.outcome === 'incident' && !(await haveChanged(held, parts))) {
    parts.incident('guard-removed', {
      requestId: state.request.requestId,
      removed: String(result.removed.length),
    });
  }
  return { kind: 'retry', at: state };
}

/** Which Consents each person's data rest on. */
function basesOf(kept: GuardResult<Judged>['kept']): ReadonlyMap<string, readonly string[]> {
  const bases = new Map<string, Set<string>>();
  for (const { row, verdict } of kept) {
    const consents = verdict.basis.flatMap((basis) => (basis.kind === 'consent' ? [basis.consent] : []));
    for (const person of row.patients.flatMap((each) => each.person ?? [])) {
      bases.set(person, new Set([...(bases.get(person) ?? []), ...consents]));
    }
  }
  return new Map([...bases].map(([person, consents]) => [person, [...consents]]));
}

/** Rule sets of all persons of the rows: those that the request named are held already. */
async function ruleSetsOf(state: Found, parts: Parts): Promise<ReadonlyMap<string, RuleSet>> {
  const held = new Map(state.ruleSets.map((set) => [set.person, set]));
  const missing = new Set<string>();
  for (const { patients } of state.rows) {
    for (const { person } of patients) if (person !== undefined && !held.has(person)) missing.add(person);
  }
  if (missing.size === 0) return held;
  for (const set of await parts.rules.ruleSets([...missing])) held.set(set.person, set);
  return held;
}

async function haveChanged(held: ReadonlyMap<string, RuleSet>, parts: Parts): Promise<boolean> {
  const now = await parts.rules.ruleSets([...held.keys()]);
  return now.some(({ person, version }) => held.get(person)?.version !== version);
}
