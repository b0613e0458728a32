import type { Row } from '../engine/map.js';

const REPEAT = 'occurrenceTiming.repeat';

/** TQ1 → ServiceRequest. */
export const TQ1_SERVICE_REQUEST: readonly Row[] = [
  { from: 'TQ1-2', to: 'quantityQuantity', as: 'CQ[Quantity]' },
  {
    from: 'TQ1-3.1',
    to: 'occurrenceTiming.code',
    as: 'CWE[CodeableConcept]',
    codes: 'RepeatPattern',
    table: '0335',
  },
  {
    from: 'TQ1-6',
    to: `${REPEAT}.boundsDuration`,
    as: 'CQ[Quantity]',
    when: { not: { any: [{ valued: 'TQ1-7' }, { valued: 'TQ1-8' }] } },
  },
  { from: 'TQ1-7', to: `${REPEAT}.boundsPeriod.start`, as: 'DTM[dateTime]' },
  { from: 'TQ1-8', to: `${REPEAT}.boundsPeriod.end`, as: 'DTM[dateTime]' },
  { from: 'TQ1-9', to: 'priority', as: 'ID[code]', codes: 'ExtendedPriorityCodes', table: '0485' },
  { from: 'TQ1-11', to: 'note[].text', as: 'TX[string]' },
  { from: 'TQ1-14', to: `${REPEAT}.countMax`, as: 'NM[positiveInt]' },
];

/** TQ of ORC-7, else OBR-27, before TQ1: the parts that an order's time and priority need. */
export function timingQuantity(field: 'ORC-7' | 'OBR-27'): readonly Row[] {
  return [
    { from: `${field}.1`, to: 'quantityQuantity', as: 'CQ[Quantity]' },
    { from: `${field}.4`, to: `${REPEAT}.boundsPeriod.start`, as: 'DTM[dateTime]' },
    { from: `${field}.5`, to: `${REPEAT}.boundsPeriod.end`, as: 'DTM[dateTime]' },
    { from: `${field}.6`, to: 'priority', as: 'ID[code]', codes: 'ExtendedPriorityCodes', table: '0485' },
    { from: `${field}.8`, to: 'note[].text', as: 'TX[string]' },
    { from: `${field}.12`, to: `${REPEAT}.count`, as: 'NM[positiveInt]' },
  ];
}
