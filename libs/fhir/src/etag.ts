import { GatewayError } from '#outcome';
import { ID } from './reference.js';

const MAX_HEADER = 2048;
const WEAK = /^(?:W\/)?"([^"]*)"$/;

/** The ETag of a version. @see https://hl7.org/fhir/R4/http.html#versioning */
export function etagOf(versionId: string): string {
  return `W/"${versionId}"`;
}

/**
 * Whether `If-None-Match` names the version, by weak comparison, so that 304 is the answer. MUST be asked only after the
 * decision that the version may be seen at all.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 */
export function matchesNone(ifNoneMatch: string | undefined, versionId: string): boolean {
  if (ifNoneMatch === undefined || ifNoneMatch.length > MAX_HEADER) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => WEAK.exec(tag.trim())?.[1] === versionId);
}

/**
 * The version id that `If-Match` asks for; undefined where the header is absent.
 * @throws GatewayError `invalid-value` where it is not one entity tag: a list or `*` says nothing about one version.
 */
export function versionOfIfMatch(ifMatch: string | undefined): string | undefined {
  if (ifMatch === undefined) return undefined;
  const versionId = WEAK.exec(ifMatch.slice(0, MAX_HEADER).trim())?.[1];
  if (versionId === undefined || !ID.test(versionId)) {
    throw new GatewayError('invalid-value', { details: 'If-Match' });
  }
  return versionId;
}

/**
 * The `Repr-Digest` field of a body.
 * @param sha256 32 bytes.
 * @see https://www.rfc-editor.org/rfc/rfc9530#section-3
 */
export function reprDigest(sha256: Uint8Array): string {
  return `sha-256=:${Buffer.from(sha256).toString('base64')}:`;
}
