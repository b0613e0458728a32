import type { Row, SegmentMap } from '../engine/map.js';

const ROLE: readonly Row[] = [
  { from: 'ROL-1', to: 'identifier[]', as: 'EI[Identifier]' },
  { from: 'ROL-5', to: 'period.start', as: 'DTM[dateTime]' },
  { from: 'ROL-6', to: 'period.end', as: 'DTM[dateTime]' },
  { from: 'ROL-4', to: 'practitioner', as: 'XCN[Practitioner-ROL]' },
  { from: 'ROL-14', to: 'organization', as: 'XON[Organization]' },
  { from: 'ROL-3', to: 'code[]', as: 'CWE[CodeableConcept]', codes: 'ProviderRole', table: '0443' },
  { from: 'ROL-9', to: 'specialty[]', as: 'CWE[CodeableConcept]' },
  { from: 'ROL-13', to: 'location[]', as: 'PL[Location]' },
  { from: 'ROL-12', to: 'telecom[]', as: 'XTN[ContactPoint]' },
];

/** ROL → PractitionerRole. */
export const ROL_PRACTITIONER_ROLE: SegmentMap = { segment: 'ROL', rows: ROLE };

/** ROL → Encounter.participant, beside the reference to the PractitionerRole. */
export const ROL_ENCOUNTER: SegmentMap = {
  segment: 'ROL',
  rows: [
    {
      from: 'ROL-3',
      to: 'participant[last].type[]',
      as: 'CWE[CodeableConcept]',
      codes: 'ProviderRole',
      table: '0443',
    },
    { from: 'ROL-5', to: 'participant[last].period.start', as: 'DTM[dateTime]' },
    { from: 'ROL-6', to: 'participant[last].period.end', as: 'DTM[dateTime]' },
  ],
};

/** ROL → Procedure.performer, beside the reference to the PractitionerRole. */
export const ROL_PROCEDURE: SegmentMap = {
  segment: 'ROL',
  rows: [
    {
      from: 'ROL-3',
      to: 'performer[last].function',
      as: 'CWE[CodeableConcept]',
      codes: 'ProviderRole',
      table: '0443',
    },
  ],
};
