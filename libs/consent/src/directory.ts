/** Types that may be served although they are nobody's data: who works where. */
export const DIRECTORY_TYPES: readonly string[] = [
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Endpoint',
];

/** Whether a type is of the directory. */
export function isDirectoryType(type: string): boolean {
  return DIRECTORY_TYPES.includes(type);
}
