import { type Basis, distinctBases, judge, type Judged, type RuleSet } from '#consent';
import type { ErrorCode } from '#outcome';
import type { NamedPerson } from '#http';
import { prepareDeletion, prepareVersion, type Stored, type VersionWrite } from '#store';
import { isReadable } from '../is-readable.js';
import { judgedOf } from '../judged-of.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { beforeOf, type Accepted, type Revised } from '../writing.js';

/**
 * Judges what is to stand there, and again what stands there, from rule sets that are those of now: every patient of either must
 * permit it, so that nothing is moved into a record or out of it by one side's word. A version that is not stored yet is judged
 * in memory alone.
 */
export async function judgeWritten(state: Revised, parts: Parts): Promise<Advance<Accepted>> {
  const before = beforeOf(state);
  const version = versionOf(state, parts);
  const written = await parts.rules.personsOf(version.patients.map(({ patient }) => patient));
  const persons = new Map([...ownersOf(before), ...written]);
  const ruleSets = await parts.rules.ruleSets([...new Set(persons.values())]);
  const after = version.deleted ? [] : [judgedOf({ ...version, patients: withPersons(version, written) })];
  const judged = [...after, ...(before === undefined ? [] : [judgedOf(before)])];
  const held = new Map(ruleSets.map((set) => [set.person, set]));
  const verdict = verdictOf(state, judged, held);
  if (verdict.kind === 'refusal') {
    return { kind: 'refuse', code: verdict.code, at: { ...state, named: namedOf(state, persons) } };
  }
  const readable = after.every((one) => isReadable(state, one.row, held, parts));
  return go({ ...state, version, persons, ruleSets, basis: verdict.basis, readable });
}

type Held = ReadonlyMap<string, RuleSet>;
type Verdict =
  | { readonly kind: 'permit'; readonly basis: readonly Basis[] }
  | { readonly kind: 'refusal'; readonly code: ErrorCode };

function versionOf({ revision, source }: Revised, parts: Parts): VersionWrite {
  const at = { source, versionId: parts.newVersionId(), lastUpdatedMs: parts.clock() };
  return revision.kind === 'deletion'
    ? prepareDeletion(revision.before, at)
    : prepareVersion(revision.resource, at);
}

/** What a scope does not cover is told apart: of its own words a client may know. */
function verdictOf({ permit, terms }: Revised, judged: readonly Judged[], held: Held): Verdict {
  const inScope = judged.every(({ fits }) =>
    terms.some((term) => term.criteria.length === 0 || fits?.(term) === true),
  );
  if (!inScope) return { kind: 'refusal', code: 'scope-insufficient' };
  const verdicts = judged.map((one) => judge(one, held, permit.predicate));
  if (!verdicts.every(({ visible }) => visible)) return { kind: 'refusal', code: 'consent-denied' };
  return { kind: 'permit', basis: distinctBases(verdicts.flatMap(({ basis }) => basis)) };
}

function withPersons({ patients }: VersionWrite, persons: ReadonlyMap<string, string>): Judged['patients'] {
  return patients.map(({ patient }) => ({ patient, person: persons.get(patient) }));
}

function ownersOf(before: Stored | undefined): readonly (readonly [string, string])[] {
  return (before?.patients ?? []).flatMap(({ patient, person }) =>
    person === undefined ? [] : [[patient, person] as const],
  );
}

/** Everybody whom the write concerns, and ids of nobody that it names. */
function namedOf({ named }: Revised, persons: ReadonlyMap<string, string>): readonly NamedPerson[] {
  const known = [...persons].map(([patient, person]) => ({ patient, person }));
  return [...known, ...named.filter(({ person }) => person === undefined)];
}
