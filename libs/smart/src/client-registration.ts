import { GatewayError } from '#outcome';
import { isOperationScope, OPERATION_SCOPES } from './operation-scope.js';
import { parseScope, type Scope } from './scope.js';

/** A public JWK Set. @see https://www.rfc-editor.org/rfc/rfc7517 */
export interface PublicJwks {
  readonly keys: readonly Readonly<Record<string, string>>[];
}

/** A client as the administrator registers it. Its keys are either given here, or fetched from where it publishes them. */
export interface ClientRegistration {
  readonly id: string;
  readonly name: string;
  readonly jwks: PublicJwks | undefined;
  readonly jwksUri: string | undefined;
  /** All that it may ask for. */
  readonly scopes: readonly string[];
  /** Codes of v3-ActReason; a token has exactly one of them. */
  readonly purposes: readonly string[];
  readonly roles: readonly string[];
  readonly organization: string | undefined;
  /** Whether it owns a source, `ownSourceOf(id)`: what it writes is kept as that source's. */
  readonly ownSource: boolean;
  /** The one patient for whom its tokens speak: her own app. All its scopes are of patient level. */
  readonly patient: string | undefined;
}

/** The id of the source that a client may own. No configured source has such an id. */
export function ownSourceOf(client: string): string {
  return `${OWN_SOURCE_PREFIX}${client}`;
}

/** What the ids of clients' own sources begin with. */
export const OWN_SOURCE_PREFIX = 'app-';

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME = /^[^\p{C}]{1,128}$/u;
const WORD = /^[!-~]{1,255}$/;
const PATIENT = /^[A-Za-z0-9.-]{1,64}$/;
const PURPOSE = /^[A-Z][A-Z0-9-]{1,31}$/;
const KEYS_MAX = 8;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];
const MEMBERS = [
  'id',
  'name',
  'jwks',
  'jwksUri',
  'scopes',
  'purposes',
  'roles',
  'organization',
  'ownSource',
  'patient',
];

/**
 * Reads a registration from JSON, strictly: no unknown member, at least one scope and purpose, public keys only, and an
 * operation scope only with its role.
 *
 * @throws GatewayError `invalid-value`, its `expression` the member at fault
 */
export function parseClientRegistration(value: unknown): ClientRegistration {
  if (!isObject(value)) throw invalid('client');
  const unknownMember = Object.keys(value).find((name) => !MEMBERS.includes(name));
  if (unknownMember !== undefined) throw invalid('client');
  const registration: ClientRegistration = {
    id: text(value['id'], ID, 'id'),
    name: text(value['name'], NAME, 'name'),
    jwks: value['jwks'] === undefined ? undefined : parseJwks(value['jwks']),
    jwksUri: value['jwksUri'] === undefined ? undefined : parseUri(value['jwksUri']),
    scopes: texts(value['scopes'], WORD, 'scopes'),
    purposes: texts(value['purposes'], PURPOSE, 'purposes'),
    roles: texts(value['roles'] ?? [], WORD, 'roles'),
    organization:
      value['organization'] === undefined ? undefined : text(value['organization'], WORD, 'organization'),
    ownSource: flag(value['ownSource'] ?? false, 'ownSource'),
    patient: value['patient'] === undefined ? undefined : text(value['patient'], PATIENT, 'patient'),
  };
  checkTogether(registration);
  return registration;
}

/**
 * Reads a client's JWK Set, whether registered or fetched: signing keys for RS384 and ES384 only, each with a `kid`.
 *
 * @throws GatewayError `invalid-value`
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html
 */
export function parseJwks(value: unknown): PublicJwks {
  const keys: unknown = isObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) throw invalid('jwks');
  const parsed = keys.map(parseJwk);
  const names = parsed.map((key) => `${key['kty']} ${key['kid']}`);
  if (new Set(names).size !== names.length) throw invalid('jwks');
  return { keys: parsed };
}

function parseJwk(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) throw invalid('jwks');
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(value, name))) throw invalid('jwks');
  if (typeof value['kid'] !== 'string' || value['kid'] === '') throw invalid('jwks');
  if (!isRsa(value) && !isP384(value)) throw invalid('jwks');
  // in one order, so that two registrations compare equal whatever store they went through
  return Object.fromEntries(
    Object.entries(value)
      .filter(isTextEntry)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function isRsa(key: Readonly<Record<string, unknown>>): boolean {
  return key['kty'] === 'RSA' && isNumber(key['n'], 256) && isNumber(key['e'], 1);
}

function isP384(key: Readonly<Record<string, unknown>>): boolean {
  return key['kty'] === 'EC' && key['crv'] === 'P-384' && isNumber(key['x'], 48) && isNumber(key['y'], 48);
}

/** Whether a value is base64url of at least so many bytes; 2,048 bits are the least for RSA. */
function isNumber(value: unknown, bytesMin: number): boolean {
  return (
    typeof value === 'string' && /^[A-Za-z0-9_-]{1,1400}$/.test(value) && value.length * 3 >= bytesMin * 4
  );
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function parseUri(value: unknown): string {
  const uri = text(value, /^https?:\/\/[!-~]{1,2000}$/, 'jwksUri');
  if (!URL.canParse(uri) || new URL(uri).username !== '' || new URL(uri).hash !== '')
    throw invalid('jwksUri');
  return uri;
}

function checkTogether(registration: ClientRegistration): void {
  if ((registration.jwks === undefined) === (registration.jwksUri === undefined)) throw invalid('jwks');
  if (registration.scopes.length === 0) throw invalid('scopes');
  if (registration.purposes.length === 0) throw invalid('purposes');
  for (const scope of registration.scopes.map(parseScope)) {
    if (registration.patient !== undefined && !isOfPatient(scope)) throw invalid('patient');
    if (scope.kind !== 'operation') continue;
    if (!isOperationScope(scope.name)) throw invalid('scopes');
    if (!registration.roles.includes(OPERATION_SCOPES[scope.name].role)) throw invalid('roles');
  }
}

function isOfPatient(scope: Scope): boolean {
  return scope.kind === 'resource' && scope.scope.level === 'patient';
}

function text(value: unknown, form: RegExp, member: string): string {
  if (typeof value !== 'string' || !form.test(value)) throw invalid(member);
  return value;
}

function texts(value: unknown, form: RegExp, member: string): readonly string[] {
  if (!Array.isArray(value) || value.length > 256) throw invalid(member);
  return [...new Set(value.map((each: unknown) => text(each, form, member)))];
}

function flag(value: unknown, member: string): boolean {
  if (typeof value !== 'boolean') throw invalid(member);
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(member: string): GatewayError {
  return new GatewayError('invalid-value', { expression: [member] });
}
