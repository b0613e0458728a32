import { judge, type Judged, type Verdict } from './judge.js';
import type { ServePermit } from './permit.js';
import type { RuleSet } from './rule.js';

/** What a query brought for a permit. */
export interface Guarded<Row extends Judged> {
  readonly rows: readonly Row[];
  /** Position of the projection that the statement saw. */
  readonly sawPosition: bigint;
  /** `person_version` as the statement saw it, by person, where it tells. */
  readonly sawVersions?: ReadonlyMap<string, bigint>;
}

/** What may leave, and what must be done about the rest. */
export interface GuardResult<Row extends Judged> {
  readonly kept: readonly { readonly row: Row; readonly verdict: Verdict }[];
  readonly removed: readonly { readonly row: Row; readonly verdict: Verdict }[];
  /**
   * `clear`: nothing was removed. `retry`: something was, and a rule changed between query and guard: ask again.
   * `incident`: something was and no rule changed, so one of the two implementations is wrong, or a row was changed.
   */
  readonly outcome: 'clear' | 'retry' | 'incident';
}

/**
 * Judges again, in memory, every resource that is about to leave, from rule sets that this process holds.
 *
 * @param ruleSets By person, as held now.
 */
export function guard<Row extends Judged>(
  permit: ServePermit,
  found: Guarded<Row>,
  ruleSets: ReadonlyMap<string, RuleSet>,
): GuardResult<Row> {
  const judged = found.rows.map((row) => ({ row, verdict: judge(row, ruleSets, permit.predicate) }));
  const removed = judged.filter(({ verdict }) => !verdict.visible);
  const kept = judged.filter(({ verdict }) => verdict.visible);
  if (removed.length === 0) return { kept, removed, outcome: 'clear' };
  const changed =
    found.sawPosition !== permit.predicate.asOf.position ||
    removed.some(({ row }) => rulesChanged(row, found.sawVersions, ruleSets));
  return { kept, removed, outcome: changed ? 'retry' : 'incident' };
}

function rulesChanged(
  row: Judged,
  saw: ReadonlyMap<string, bigint> | undefined,
  held: ReadonlyMap<string, RuleSet>,
): boolean {
  return row.patients.some(({ person }) => {
    const version = person === undefined ? undefined : saw?.get(person);
    return version !== undefined && person !== undefined && held.get(person)?.version !== version;
  });
}
