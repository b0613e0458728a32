import type { Condition, SegmentMap } from '../engine/map.js';

/** PRT-2 `D` takes a participation back: nothing to add. */
const isThere: Condition = { not: { equals: ['PRT-2', 'D'] } };

function acts(...codes: string[]): Condition {
  return { all: [isThere, { equals: ['PRT-4', codes[0] ?? '', ...codes.slice(1)] }] };
}

/** PRT below OBX → Observation: who made it, with what, and where. */
export const PRT_OBSERVATION: SegmentMap = {
  segment: 'PRT',
  when: isThere,
  rows: [
    { from: 'PRT-5', to: 'performer[]', as: 'PRT[PractitionerRole]' },
    { from: 'PRT-8', to: 'performer[]', as: 'XON[Organization]', when: { not: { valued: 'PRT-5' } } },
    { from: 'PRT-10', to: 'device', as: 'EI[Device]' },
    {
      from: 'PRT-9',
      to: 'extension[](http://hl7.org/fhir/StructureDefinition/event-location).valueReference',
      as: 'PL[Location]',
      when: { not: { valued: 'PRT-5' } },
    },
  ],
};

/** PRT below ORC or OBR → ServiceRequest: the ordering provider. */
export const PRT_SERVICE_REQUEST: SegmentMap = {
  segment: 'PRT',
  when: acts('OP'),
  rows: [{ from: 'PRT-5', to: 'requester', as: 'PRT[PractitionerRole]' }],
};

/** PRT below OBR → DiagnosticReport: who performed and who interpreted it. */
export const PRT_DIAGNOSTIC_REPORT: SegmentMap = {
  segment: 'PRT',
  when: isThere,
  rows: [
    { from: 'PRT-5', to: 'performer[]', as: 'PRT[PractitionerRole]', when: acts('ARI', 'TN', 'TR') },
    { from: 'PRT-5', to: 'resultsInterpreter[]', as: 'PRT[PractitionerRole]', when: acts('PRI') },
  ],
};
