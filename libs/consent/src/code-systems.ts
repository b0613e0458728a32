/** Code systems that a Consent and the labels use. */
export const SYSTEMS = {
  purpose: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  action: 'http://terminology.hl7.org/CodeSystem/consentaction',
  class: 'http://hl7.org/fhir/resource-types',
  role: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  scope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  sensitivity: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
} as const;

/** Systems of actor identifiers in a Consent, by the prefix of the actor string. */
export const ACTOR_SYSTEMS = {
  client: 'urn:proviso:client',
  user: 'urn:proviso:user',
  organization: 'urn:proviso:organization',
  role: 'urn:proviso:role',
} as const;

/** Confidentiality from low to high. */
export const CONFIDENTIALITY = ['U', 'L', 'M', 'N', 'R', 'V'] as const;

/** Sensitivities that the labelling rules know: a Consent that names another could not be kept. */
export const SENSITIVITIES = [
  'ETH',
  'ETHUD',
  'OPIOIDUD',
  'PSY',
  'SDV',
  'HIV',
  // psychotherapy notes, and what only her physician may tell her: given by sources, by no code set
  'PSYTHPN',
  'TBOO',
] as const;
