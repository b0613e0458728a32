import { RESOURCE_TYPES } from './generated/resource-types.js';

const KNOWN: ReadonlySet<string> = new Set(RESOURCE_TYPES);

/** Types that are about no patient and may be served under a scope of their own, without anybody's consent. */
export const DIRECTORY_TYPES: readonly string[] = [
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Endpoint',
];

/** Whether a name is that of a concrete R4 resource type. */
export function isResourceType(name: string): boolean {
  return KNOWN.has(name);
}
