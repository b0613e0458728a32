import { REQUIRED } from './search.js';
import { WRITABLE } from './writes.js';

const WRITES = ['create', 'update', 'delete'];

/** The CapabilityStatement of Northside. @see https://hl7.org/fhir/R4/capabilitystatement.html */
export function capabilities(base: string, date: string): Readonly<Record<string, unknown>> {
  const resource = Object.keys(REQUIRED).map((type) => ({
    type,
    interaction: ['read', 'search-type', ...(WRITABLE.has(type) ? WRITES : [])].map((code) => ({ code })),
    searchParam: [{ name: '_id', type: 'token' }, { name: '_tag', type: 'token' }, ...searchParams(type)],
  }));
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date,
    kind: 'instance',
    implementation: { description: 'Northside, a stand-in EHR with invented people', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [{ mode: 'server', security: SECURITY, resource }],
  };
}

const SECURITY = {
  service: [
    {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
          code: 'SMART-on-FHIR',
        },
      ],
    },
  ],
};

function searchParams(type: string): readonly { readonly name: string; readonly type: string }[] {
  const names = (REQUIRED[type] ?? []).flat().filter((name) => !name.startsWith('_'));
  return names.map((name) => ({
    name,
    type: name === 'patient' || name === 'subject' ? 'reference' : 'token',
  }));
}

/** The SMART configuration. @see https://hl7.org/fhir/smart-app-launch/conformance.html */
export function smartConfiguration(tokenUrl: string): Readonly<Record<string, unknown>> {
  return {
    token_endpoint: tokenUrl,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    grant_types_supported: ['client_credentials'],
    scopes_supported: ['system/*.rs', 'system/*.cruds'],
    capabilities: ['client-confidential-asymmetric', 'permission-v2'],
  };
}
