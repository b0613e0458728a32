import { DEFINITIONS } from './audit/audit-kind.js';
import { JSON_PATCH } from './negotiate.js';
import { WRITE_KINDS } from './interaction.js';
import { searchParametersOf } from './search-parameters.js';
import { SERVED_TYPES, WRITTEN_TYPES } from './written-types.js';

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
/** Ids are ours, and what a condition would match is not told. */
const NO_CONDITIONS = {
  updateCreate: false,
  conditionalCreate: false,
  conditionalUpdate: false,
  conditionalDelete: 'not-supported',
  referencePolicy: ['literal'],
};
const OAUTH_URIS = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';
const SECURITY_SERVICE = 'http://terminology.hl7.org/CodeSystem/restful-security-service';

/** AuditEvents are views of records of the log: made when they are asked for, without versions. */
const AUDIT_EVENT = {
  type: 'AuditEvent',
  supportedProfile: [`${DEFINITIONS}/StructureDefinition/proviso-audit-event`],
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  versioning: 'no-version',
  readHistory: false,
  searchParam: [
    { name: 'patient', type: 'reference' },
    { name: 'agent', type: 'reference' },
    { name: 'entity', type: 'reference' },
    { name: 'date', type: 'date' },
    { name: 'action', type: 'token' },
    { name: 'outcome', type: 'token' },
    { name: 'subtype', type: 'token' },
  ],
} as const;
/** What auditors are told is made of the log, and says less. */
const PROVENANCE_NOTE =
  'Auditors (role auditor, scope system/Provenance.rs) read those that were made here, as the log tells of them: read, vread, search by _id, patient and target.';
const ACCESS_REPORT = {
  name: 'access-report',
  definition: `${DEFINITIONS}/OperationDefinition/access-report`,
};

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
    patchFormat: [JSON_PATCH],
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
  if (type === AUDIT_EVENT.type) return AUDIT_EVENT;
  const own = [...searchParametersOf(type).values()].filter(({ code }) => !code.startsWith('_'));
  const isWritten = WRITTEN_TYPES.includes(type);
  return {
    type,
    interaction: [...INTERACTIONS, ...(isWritten ? WRITE_KINDS : [])].map((code) => ({ code })),
    versioning: isWritten ? 'versioned-update' : 'versioned',
    readHistory: true,
    ...(isWritten ? NO_CONDITIONS : {}),
    ...(own.length === 0 ? {} : { searchParam: own.map(({ code, kind }) => ({ name: code, type: kind })) }),
    ...(type === 'Provenance' ? { documentation: PROVENANCE_NOTE } : {}),
    ...(type === 'Patient' ? { operation: [ACCESS_REPORT] } : {}),
  };
}
