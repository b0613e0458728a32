import {
  type Basis,
  distinctBases,
  guard as judgeAgain,
  type GuardResult,
  type Judged,
  type RuleSet,
} from '#consent';
import type { NamedPerson } from '#http';
import { withLinks, type Stored } from '#store';
import type { Found, GuardedBy } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { judgedOf } from '../judged-of.js';
import { linkedAmong, linkedPatients, type LinkedPatients } from '../linked-patients.js';

/**
 * Judges each version again, by the second implementation, from rule sets that are those of now, not those that the
 * decision looked at. What it removes is an incident, unless rules changed since the statement saw them. Either way the
 * request is asked again, and its record names those whose data were found, whatever comes of it. What may leave of a Patient
 * gets its links, after it was judged as it is stored, and with it the Patients to whom they lead.
 */
export async function guard<State extends Found>(
  state: State,
  parts: Parts,
): Promise<Advance<State & GuardedBy>> {
  const linked = await linkedPatients(state, parts);
  const found = [...state.rows, ...linked.rows];
  const ruleSets = await ruleSetsOf(state, found, parts);
  const held = new Map(ruleSets.map((set) => [set.person, set]));
  const [own, theirs] = [judged(state, state, held), judged(state, linked, held)];
  if (own.outcome === 'clear' && theirs.outcome === 'clear') {
    const rows = state.rows.map((row) => withLinks(linkedAmong(row, found)));
    const { obligations } = state.permit;
    return go({ ...state, rows, ruleSets, obligations, bases: basesOf(own.kept) });
  }
  const removed = removedBy(own) + removedBy(theirs);
  return { kind: 'retry', at: { ...state, named: [...state.named, ...ownersOf(state)] }, removed };
}

function judged(
  { permit }: Found,
  { rows, sawPosition, sawVersions }: LinkedPatients,
  held: ReadonlyMap<string, RuleSet>,
): GuardResult<Judged> {
  return judgeAgain(permit, { rows: rows.map(judgedOf), sawPosition, sawVersions }, held);
}

/** How many versions were removed though no rule changed. */
function removedBy({ outcome, removed }: GuardResult<Judged>): number {
  return outcome === 'incident' ? removed.length : 0;
}

/** Persons whose data were found and whom the request did not name. */
function ownersOf({ named, rows }: Found): readonly NamedPerson[] {
  const known = new Set(named.map(({ person }) => person));
  const owners = new Map<string, NamedPerson>();
  for (const { patient, person } of rows.flatMap(({ patients }) => patients)) {
    if (person !== undefined && !known.has(person)) owners.set(person, { patient, person });
  }
  return [...owners.values()];
}

/** What each person's data rest on. */
function basesOf(kept: GuardResult<Judged>['kept']): ReadonlyMap<string, readonly Basis[]> {
  const bases = new Map<string, readonly Basis[]>();
  for (const { row, verdict } of kept) {
    for (const person of row.patients.flatMap((each) => each.person ?? [])) {
      bases.set(person, distinctBases([...(bases.get(person) ?? []), ...verdict.basis]));
    }
  }
  return bases;
}

/** Rule sets, as they are now, of all persons of the rows; of those who are only named, as they were. */
async function ruleSetsOf(
  { ruleSets }: Found,
  rows: readonly Stored[],
  parts: Parts,
): Promise<readonly RuleSet[]> {
  const persons = new Set(rows.flatMap(({ patients }) => patients.flatMap(({ person }) => person ?? [])));
  const named = ruleSets.filter(({ person }) => !persons.has(person));
  return persons.size === 0 ? named : [...named, ...(await parts.rules.ruleSets([...persons]))];
}
