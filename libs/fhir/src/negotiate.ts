import { GatewayError } from '#outcome';

/** The one representation that is served. */
export const FHIR_JSON = 'application/fhir+json';

/** How a resource is patched. @see https://www.rfc-editor.org/rfc/rfc6902#section-6 */
export const JSON_PATCH = 'application/json-patch+json';

/** Media types and short names that mean FHIR JSON. @see https://hl7.org/fhir/R4/http.html#mime-type */
const JSON_TYPES: ReadonlySet<string> = new Set([FHIR_JSON, 'application/json', 'text/json', 'json']);
const WILDCARDS: ReadonlySet<string> = new Set(['*/*', 'application/*']);
const FORM = 'application/x-www-form-urlencoded';
const KINDS: ReadonlyMap<string, BodyKind> = new Map([
  [FORM, 'form'],
  [JSON_PATCH, 'json-patch'],
]);
const MAX_HEADER = 2048;

/** What a body is, by its content type. */
export type BodyKind = 'fhir-json' | 'json-patch' | 'form';

interface MediaType {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Chooses the representation of an answer; `_format` goes before `Accept`, and none of both means JSON.
 * @param format the value of `_format`, if any.
 * @returns the content type to send.
 * @throws GatewayError `not-acceptable`
 * @see https://hl7.org/fhir/R4/http.html#parameters
 */
export function negotiate(accept: string | undefined, format?: string): string {
  const wanted = format === undefined ? acceptable(accept) : [parseMediaType(format.replace(' ', '+'))];
  if (!wanted.some(isServed)) throw new GatewayError('not-acceptable');
  return `${FHIR_JSON}; charset=utf-8`;
}

/**
 * Reads the content type of a body.
 * @throws GatewayError `unsupported-media` for any type but FHIR JSON, JSON, JSON Patch or a form, and for any charset but UTF-8.
 */
export function bodyKind(contentType: string | undefined): BodyKind {
  const type = parseMediaType((contentType ?? '').slice(0, MAX_HEADER));
  const charset = type.parameters.get('charset')?.toLowerCase() ?? 'utf-8';
  const kind = KINDS.get(type.name) ?? (JSON_TYPES.has(type.name) ? 'fhir-json' : undefined);
  const isKnown = kind !== undefined && type.name.includes('/');
  if (!isKnown || charset !== 'utf-8' || !isR4(type)) throw new GatewayError('unsupported-media');
  return kind;
}

function acceptable(accept: string | undefined): MediaType[] {
  if (accept === undefined || accept.trim() === '') return [parseMediaType('*/*')];
  return accept
    .slice(0, MAX_HEADER)
    .split(',')
    .map(parseMediaType)
    .filter(({ parameters }) => Number(parameters.get('q') ?? '1') > 0);
}

function isServed(type: MediaType): boolean {
  return (JSON_TYPES.has(type.name) || WILDCARDS.has(type.name)) && isR4(type);
}

/** Without a version the server's own is meant. @see https://hl7.org/fhir/R4/http.html#version-parameter */
function isR4({ parameters }: MediaType): boolean {
  const version = parameters.get('fhirversion');
  return version === undefined || version === '4.0' || version === '4.0.1';
}

function parseMediaType(text: string): MediaType {
  const [name = '', ...rest] = text.split(';');
  const parameters = rest.map((part): [string, string] => {
    const at = part.indexOf('=');
    const value = part.slice(at + 1).trim();
    return [part.slice(0, Math.max(at, 0)).trim().toLowerCase(), value.replace(/^"([^"]*)"$/, '$1')];
  });
  return { name: name.trim().toLowerCase(), parameters: new Map(parameters) };
}
