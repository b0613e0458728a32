import type { JsonObject } from '#digest';

/** Northside itself and who works there. */
export const DIRECTORY: readonly JsonObject[] = [
  {
    resourceType: 'Organization',
    id: 'no-1',
    identifier: [{ system: 'https://northside.example/organization', value: 'NORTHSIDE' }],
    active: true,
    name: 'Northside Clinic of the Example',
  },
  {
    resourceType: 'Practitioner',
    id: 'np-1',
    identifier: [{ system: 'https://northside.example/staff', value: 'S-1' }],
    active: true,
    name: [{ family: 'Stethograph', given: ['Odalys'], prefix: ['Dr.'] }],
  },
  {
    resourceType: 'Practitioner',
    id: 'np-2',
    identifier: [{ system: 'https://northside.example/staff', value: 'S-2' }],
    active: true,
    name: [{ family: 'Poulticely', given: ['Benedikt'] }],
  },
];
