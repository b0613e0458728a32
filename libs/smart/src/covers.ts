import type { InteractionKind } from '#fhir';
import type { ResourceScope, ScopeLetter } from './principal.js';

/** Interactions that a scope must cover; `capabilities` is public. */
export type ScopedKind = Exclude<InteractionKind, 'capabilities'>;

const LETTER_OF: Readonly<Record<ScopedKind, ScopeLetter>> = {
  read: 'r',
  vread: 'r',
  'history-instance': 'r',
  'search-type': 's',
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
  return scopes.filter((scope) => scope.letters.includes(LETTER_OF[kind]) && coversType(scope.type, type));
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
        coversType(each.type, asked.type) &&
        each.params.every((param) => hasParam(asked, param)),
    ),
  );
}

function coversType(scopeType: string, type: string): boolean {
  if (scopeType === '*') return !NEVER_BY_WILDCARD.includes(type);
  return scopeType === type;
}

function hasParam(scope: ResourceScope, [name, value]: readonly [string, string]): boolean {
  return scope.params.some(([otherName, otherValue]) => otherName === name && otherValue === value);
}
