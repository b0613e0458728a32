import type { KeyScope } from '#provenance';

/** A scope's name in the database and in ciphertext bindings. Different scopes have different names. */
export function scopeName(scope: KeyScope): string {
  switch (scope.kind) {
    case 'op':
    case 'request':
      return `${scope.kind}:${scope.period}`;
    case 'actor':
      return `actor:${scope.period}:${scope.actor}`;
    case 'person':
      return `person:${scope.person}`;
    default: {
      const never: never = scope;
      return never;
    }
  }
}
