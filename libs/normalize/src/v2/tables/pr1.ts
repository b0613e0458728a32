import type { Row, SegmentMap } from '../engine/map.js';

const SNOMED = 'http://snomed.info/sct';

function performer(from: string, code?: string): Row {
  const role = { from: '', to: 'function', value: { coding: [{ system: SNOMED, code: code ?? '' }] } };
  const actor = { from: '', to: 'actor', as: 'XCN[Practitioner]' };
  return { from, to: 'performer[]', rows: code === undefined ? [actor] : [role, actor] };
}

const isPeriod = { all: [{ valued: 'PR1-7' }, { longer: ['PR1-5', 8] as const }] };

/** PR1 → Procedure. */
export const PR1_PROCEDURE: SegmentMap = {
  segment: 'PR1',
  rows: [
    { from: 'PR1-19', to: 'identifier[]', as: 'EI[Identifier]' },
    { from: 'PR1-3', to: 'code', as: 'CWE[CodeableConcept]' },
    { from: 'PR1-16', to: 'code.coding[]', as: 'CWE[Coding]' },
    { from: 'PR1-4', to: 'code.text' },
    { from: 'PR1-6', to: 'category', as: 'CWE[CodeableConcept]', table: '0230' },
    { from: 'PR1-5', to: 'performedPeriod.start', as: 'DTM[dateTime]', when: isPeriod },
    { from: 'PR1-5', to: 'performedPeriod.end', as: 'DTM[plus-PR1-7]', when: isPeriod },
    { from: 'PR1-5', to: 'performedDateTime', as: 'DTM[dateTime]', when: { not: isPeriod } },
    performer('PR1-8', '88189002'),
    performer('PR1-11', '304292004'),
    performer('PR1-12'),
    { from: 'PR1-15', to: 'reasonCode[]', as: 'CWE[CodeableConcept]' },
    { from: 'PR1-25', to: 'partOf[].identifier', as: 'EI[Identifier]' },
    { from: 'PR1-23', to: 'location', as: 'PL[Location]' },
  ],
};
