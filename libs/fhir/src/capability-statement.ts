import { PATIENT_COMPARTMENT } from './generated/patient-compartment.js';
import { DIRECTORY_TYPES } from './resource-types.js';
import { searchParametersOf } from './search-parameters.js';

/** What a deployment adds to the statement. URLs are absolute, without a slash at the end. */
export interface CapabilityOptions {
  /** Base of the API. */
  readonly base: string;
  /** Version of the software. */
  readonly version: string;
  /** When the statement was last changed: a FHIR dateTime. */
  readonly date: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
}

const INTERACTIONS = ['read', 'vread', 'history-instance', 'search-type'] as const;
const OAUTH_URIS = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';
const SECURITY_SERVICE = 'http://terminology.hl7.org/CodeSystem/restful-security-service';

/** Types that can be served at all: those of the Patient compartment and the directory. The others have nobody to permit them. */
export const SERVED_TYPES: readonly string[] = [
  ...new Set([...Object.keys(PATIENT_COMPARTMENT), ...DIRECTORY_TYPES]),
].toSorted((a, b) => (a < b ? -1 : 1));

/**
 * The CapabilityStatement: what `recognise` lets through, type by type. It depends on nothing that is stored.
 * @see https://hl7.org/fhir/R4/capabilitystatement.html
 */
export function capabilityStatement(options: CapabilityOptions): object {
  return {
    resourceType: 'CapabilityStatement',
    url: `${options.base}/metadata`,
    version: options.version,
    name: 'Proviso',
    status: 'active',
    date: options.date,
    kind: 'instance',
    software: { name: 'Proviso', version: options.version },
    implementation: {
      description: 'FHIR gateway with consent on chain and sealed answers',
      url: options.base,
    },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        security: securityOf(options),
        resource: SERVED_TYPES.map(resourceOf),
        searchParam: [
          { name: '_id', type: 'token' },
          { name: '_lastUpdated', type: 'date' },
        ],
      },
    ],
  };
}

function securityOf({ authorizeUrl, tokenUrl }: CapabilityOptions): object {
  return {
    extension: [
      {
        url: OAUTH_URIS,
        extension: [
          { url: 'authorize', valueUri: authorizeUrl },
          { url: 'token', valueUri: tokenUrl },
        ],
      },
    ],
    service: [{ coding: [{ system: SECURITY_SERVICE, code: 'SMART-on-FHIR' }] }],
  };
}

function resourceOf(type: string): object {
  const own = [...searchParametersOf(type).values()].filter(({ code }) => !code.startsWith('_'));
  return {
    type,
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    ...(own.length === 0 ? {} : { searchParam: own.map(({ code, kind }) => ({ name: code, type: kind })) }),
  };
}
