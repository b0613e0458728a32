import { DIRECTORY_TYPES, type InteractionKind } from '#fhir';
import type { ResourceScope, ScopeLetter } from './principal.js';

/** Interactions that a scope must cover; `capabilities` is public. */
export type ScopedKind = Exclude<InteractionKind, 'capabilities'>;

const LETTER_OF: Readonly<Record<ScopedKind, ScopeLetter>> = {
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  'search-type': 's',
  create: 'c',
  update: 'u',
  patch: 'u',
  delete: 'd',
};

/** Who may see whom is never part of "everything": these types must be named in a scope. */
export const NEVER_BY_WILDCARD: readonly string[] = [
  'Consent',
  'Group',
  'RelatedPerson',
  'CareTeam',
  'Person',
];

/**
 * Which of the token's scopes cover an interaction with a type. Access is their union; their params are constraints,
 * all of one scope's to hold together.
 *
 * @returns the covering scopes, in order; empty means `scope-insufficient`
 */
export function covers(
  scopes: readonly ResourceScope[],
  kind: ScopedKind,
  type: string,
): readonly ResourceScope[] {
  const letter = LETTER_OF[kind];
  return scopes.filter((scope) => scope.letters.includes(letter) && coversType(scope.type, type, letter));
}

/**
 * Whether what is asked lies within what was registered: each letter inside some registered scope of the same level whose
 * constraints are all asked for too.
 */
export function withinPolicy(policy: readonly ResourceScope[], asked: ResourceScope): boolean {
  return asked.letters.every((letter) =>
    policy.some(
      (each) =>
        each.level === asked.level &&
        each.letters.includes(letter) &&
        coversType(each.type, asked.type, letter) &&
        each.params.every((param) => hasParam(asked, param)),
    ),
  );
}

/** Who works where is nobody's data: writing it rests on the scope alone, which must name the type. */
function coversType(scopeType: string, type: string, letter: ScopeLetter): boolean {
  if (scopeType !== '*') return scopeType === type;
  const isWrite = letter !== 'r' && letter !== 's';
  return !NEVER_BY_WILDCARD.includes(type) && !(isWrite && DIRECTORY_TYPES.includes(type));
}

function hasParam(scope: ResourceScope, [name, value]: readonly [string, string]): boolean {
  return scope.params.some(([otherName, otherValue]) => otherName === name && otherValue === value);
}
