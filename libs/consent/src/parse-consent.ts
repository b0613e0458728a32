import { type JsonObject, parseStrict, sha256, toHex } from '#digest';
import { isObject } from '#fhir';
import type { Hex } from './chain-terms.js';
import { SYSTEMS } from './code-systems.js';
import { allow, child, children, consentFault, type Element, optionalChild, text } from './element.js';
import { timeOf } from './fhir-time.js';
import { codeableIn, parseProvision, type Provision } from './parse-provision.js';

/** A Consent as signed, understood in full. */
export interface ParsedConsent {
  /** Id of the Patient. */
  readonly patient: string;
  /** When it was given: the first millisecond of `dateTime`. */
  readonly dateTimeMs: number;
  readonly base: Provision;
  readonly exceptions: readonly Provision[];
  /** SHA-256 of the exact bytes. */
  readonly hash: Hex;
}

/** Limits on a Consent, so that none can be a burden to every request that meets it. */
export const CONSENT_LIMITS = { bytes: 65_536, exceptions: 32, values: 512 } as const;

const MEMBERS = [
  'resourceType',
  'id',
  'meta',
  'text',
  'language',
  'identifier',
  'status',
  'scope',
  'category',
  'patient',
  'dateTime',
  'performer',
  'organization',
  'sourceAttachment',
  'sourceReference',
  'policy',
  'policyRule',
  'verification',
  'provision',
];

/**
 * Reads a FHIR R4 Consent: the profiles basic, intermediate and advanced of IHE PCF, one level of exceptions.
 * Whatever it does not understand (extensions, contained resources, unknown members, codes and meanings) is refused,
 * since a rule that is ignored is a rule that is broken.
 *
 * @param bytes The exact bytes that were signed, UTF-8.
 * @throws GatewayError `malformed`, or `profile-invalid` with a `ConsentFaultCode` in `details` and the place.
 * @see https://hl7.org/fhir/R4/consent.html
 * @see https://profiles.ihe.net/ITI/PCF/volume-3.html
 */
export function parseConsent(bytes: Uint8Array): ParsedConsent {
  if (bytes.length > CONSENT_LIMITS.bytes) throw consentFault('consent-too-large', 'Consent');
  const value = parseStrict(bytes);
  if (!isObject(value)) throw consentFault('consent-malformed', 'Consent');
  const consent: Element = { value, path: 'Consent' };
  allow(consent, MEMBERS);
  expect(consent, 'resourceType', 'Consent');
  expect(consent, 'status', 'active');
  checkFrame(consent);
  const root = child(consent, 'provision');
  const base = parseProvision(root, false);
  const nested = children(root, 'provision', CONSENT_LIMITS.exceptions) ?? [];
  const exceptions = nested.map((item) => parseProvision(item, true));
  if ([base, ...exceptions].reduce((sum, item) => sum + sizeOf(item), 0) > CONSENT_LIMITS.values) {
    throw consentFault('consent-too-large', root.path);
  }
  return {
    patient: patientOf(consent),
    dateTimeMs: dateTimeOf(consent),
    base,
    exceptions,
    hash: `0x${toHex(sha256(bytes))}`,
  };
}

/** Whether a filing is of kind permit or deny follows from its provisions: one that permits anything is a permit. */
export function kindOf(consent: ParsedConsent): 'permit' | 'deny' {
  return [consent.base, ...consent.exceptions].some((item) => item.effect === 'permit') ? 'permit' : 'deny';
}

function expect(element: Element, name: string, value: string): void {
  if (text(element, name) !== value)
    throw consentFault('consent-value-unsupported', `${element.path}.${name}`);
}

/** What must be there or must not contradict: scope, category, verification, and the elements where bad news could hide. */
function checkFrame(consent: Element): void {
  codeableIn(child(consent, 'scope'), SYSTEMS.scope, ['patient-privacy']);
  if (children(consent, 'category', 16) === undefined) {
    throw consentFault('consent-member-missing', 'Consent.category');
  }
  for (const verification of children(consent, 'verification', 16) ?? []) {
    if (verification.value['verified'] !== true) {
      throw consentFault('consent-value-unsupported', `${verification.path}.verified`);
    }
  }
  const meta = optionalChild(consent, 'meta');
  if (meta !== undefined) allow(meta, ['versionId', 'lastUpdated', 'profile', 'source']);
}

function patientOf(consent: Element): string {
  const patient = child(consent, 'patient');
  allow(patient, ['reference', 'type', 'display']);
  const id = /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(text(patient, 'reference'))?.[1];
  if (id === undefined) throw consentFault('consent-value-unsupported', `${patient.path}.reference`);
  return id;
}

function dateTimeOf(consent: Element): number {
  const time = timeOf(text(consent, 'dateTime'));
  if (time === undefined) throw consentFault('consent-value-unsupported', 'Consent.dateTime');
  return time.from;
}

function sizeOf(provision: Provision): number {
  const { actors, purposes, actions, classes, codes, labels, instances, related, authors } = provision;
  const lists = [actors, purposes, actions, classes, codes, labels, instances, related, authors];
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
}

/** The document of a Consent that was accepted. */
export function documentOf(bytes: Uint8Array): JsonObject {
  const value = parseStrict(bytes);
  if (!isObject(value)) throw consentFault('consent-malformed', 'Consent');
  return value;
}
