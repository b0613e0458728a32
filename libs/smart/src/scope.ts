import { GatewayError } from '#outcome';
import type { ResourceScope, ScopeLetter } from './principal.js';

/** Version 1 words, as the letters that they stand for. */
const V1_LETTERS: Readonly<Record<string, readonly ScopeLetter[]>> = {
  read: ['r', 's'],
  write: ['c', 'u', 'd'],
  '*': ['c', 'r', 'u', 'd', 's'],
};

/** Scopes of sign-on and launch: they name no resource. */
const LAUNCH_SCOPES = ['openid', 'fhirUser', 'launch', 'offline_access', 'online_access', 'profile'];

/** Prefix of the URI form of every scope that the specification defines. */
const URI_PREFIX = 'http://smarthealthit.org/fhir/scopes/';

const RESOURCE =
  /^(patient|user|system)\/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)(?:\?(.{1,512}))?$/;
const PARAM = /^([a-z][a-z0-9-]{0,63})=(.{1,256})$/;
const PARAMS_MAX = 8;
const SCOPES_MAX = 512;

/** What one scope is: access to resources, a word of sign-on and launch, or one of Proviso's own operations. */
export type Scope =
  | { readonly kind: 'resource'; readonly scope: ResourceScope }
  | { readonly kind: 'launch'; readonly name: string }
  | { readonly kind: 'operation'; readonly name: string };

/**
 * Reads one scope: version 2, or version 1 as its version 2 meaning.
 *
 * Modifiers, chains and `_`-parameters inside a scope are refused: a constraint that is not applied widens access.
 *
 * @throws GatewayError `invalid-value` if it is no scope that Proviso knows
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
 */
export function parseScope(text: string): Scope {
  if (text.startsWith('__')) return { kind: 'operation', name: text };
  const plain = text.startsWith(URI_PREFIX) ? text.slice(URI_PREFIX.length) : text;
  if (LAUNCH_SCOPES.includes(plain) || /^launch\/[a-z]{1,64}$/.test(plain)) {
    return { kind: 'launch', name: plain };
  }
  return { kind: 'resource', scope: parseResource(plain) };
}

/**
 * Reads a scope string, `scope *( SP scope )`.
 *
 * @throws GatewayError `invalid-value`
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export function parseScopes(text: string): readonly Scope[] {
  const words = text.split(' ').filter((word) => word !== '');
  if (words.length > SCOPES_MAX) throw invalid();
  return [...new Set(words)].map(parseScope);
}

/** Writes a resource scope in version 2, letters in the order of the grammar. `parseScope` gives back the same scope. */
export function formatScope(scope: ResourceScope): string {
  const params = scope.params.map(([name, value]) => `${name}=${escape(value)}`).join('&');
  return `${scope.level}/${scope.type}.${scope.letters.join('')}${params === '' ? '' : `?${params}`}`;
}

function parseResource(text: string): ResourceScope {
  const [, level, type, letters, query] = RESOURCE.exec(text) ?? [];
  if (!isLevel(level) || type === undefined || letters === undefined || letters === '') throw invalid();
  const params = query === undefined ? [] : parseParams(query);
  if (type === '*' && params.length > 0) throw invalid();
  return { level, type, letters: V1_LETTERS[letters] ?? lettersOf(letters), params };
}

function parseParams(query: string): ResourceScope['params'] {
  const parts = query.split('&');
  if (parts.length > PARAMS_MAX) throw invalid();
  return parts.map((part) => {
    const [, name, value] = PARAM.exec(part) ?? [];
    if (name === undefined || value === undefined) throw invalid();
    return [name, unescape(value)] as const;
  });
}

function lettersOf(text: string): readonly ScopeLetter[] {
  return (['c', 'r', 'u', 'd', 's'] as const).filter((letter) => text.includes(letter));
}

function isLevel(text: string | undefined): text is ResourceScope['level'] {
  return text === 'patient' || text === 'user' || text === 'system';
}

/** What would end a value, a scope or a scope string is escaped; `|`, `:` and `/` stay readable. */
function escape(value: string): string {
  return encodeURIComponent(value).replace(/%(7C|3A|2F|2C)/g, (code) => decodeURIComponent(code));
}

function unescape(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    throw invalid(error);
  }
}

function invalid(cause?: unknown): GatewayError {
  return new GatewayError('invalid-value', { expression: ['scope'], cause });
}
