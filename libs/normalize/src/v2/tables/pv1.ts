import { EXTENSION } from '../datatypes/extensions.js';
import type { Condition, Row, SegmentMap } from '../engine/map.js';

const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
const isDischarged: Condition = { valued: 'PV1-45' };

/** A participant of a role in the encounter. */
export function participant(from: string, code: string, text: string): Row {
  return {
    from,
    to: 'participant[]',
    rows: [
      { from: '', to: 'type[]', value: { coding: [{ system: PARTICIPATION, code }], text } },
      { from: '', to: 'individual', as: 'XCN[Practitioner]' },
    ],
  };
}

/** A location of the encounter. */
export function locationOf(from: string, status: string, when?: Condition): Row {
  return {
    from,
    to: 'location[]',
    rows: [
      { from: '', to: 'location', as: 'PL[Location]' },
      { from: '', to: 'status', value: status },
    ],
    ...(when === undefined ? {} : { when }),
  };
}

const TEMPORARY = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/location-classification', code: 'temporary' }],
};

function temporaryLocation(from: string, status: string): Row {
  const row = locationOf(from, status);
  const mark = {
    from: '',
    to: `extension(${EXTENSION.locationClassification}).valueCodeableConcept`,
    value: TEMPORARY,
  };
  return { ...row, rows: [...(row.rows ?? []), mark] };
}

/** Events that say which state a visit is in. */
const EVENTS_WITH_STATUS = ['A01', 'A02', 'A03', 'A05', 'A11', 'A13'];

/** Events at which the class of the patient says it: registration, another class, arrival. */
const EVENTS_WITH_CLASS = ['A04', 'A06', 'A07', 'A10'];

const statedByEvent: Condition = { equals: ['MSH-9.2', ...EVENTS_WITH_STATUS, ...EVENTS_WITH_CLASS] };
const STATUS_BY_CLASS: Row = {
  from: 'PV1-2',
  to: 'status',
  as: 'CWE[code]',
  codes: 'PatientClass[EncounterStatus]',
};

const isPlanned: Condition = { equals: ['PV1-2.1', 'P'] };

/** PV1 → Encounter. Cancelled plans (A27, A38) and deleted visits (A23) say so whatever their class is. */
export const PV1_ENCOUNTER: SegmentMap = {
  segment: 'PV1',
  rows: [
    { from: '', to: 'status', value: 'cancelled', when: { equals: ['MSH-9.2', 'A27', 'A38'] } },
    { from: '', to: 'status', value: 'entered-in-error', when: { equals: ['MSH-9.2', 'A23'] } },
    { from: 'PV1-45', to: 'status', value: 'finished' },
    {
      from: 'MSH-9.2',
      to: 'status',
      as: 'ID[code]',
      codes: 'Event[EncounterStatus]',
      when: { all: [{ not: isDischarged }, { equals: ['MSH-9.2', ...EVENTS_WITH_STATUS] }] },
    },
    {
      ...STATUS_BY_CLASS,
      when: { all: [{ not: isDischarged }, { equals: ['MSH-9.2', ...EVENTS_WITH_CLASS] }] },
    },
    // Any other message may come after the discharge: the class tells the state of a visit that nobody has told of yet.
    { ...STATUS_BY_CLASS, assumed: true, when: { not: { any: [isDischarged, statedByEvent] } } },
    { from: 'PV1-2', to: 'class', as: 'CWE[Coding]', codes: 'PatientClass[EncounterClass]', table: '0004' },
    {
      from: 'PV1-19',
      to: 'identifier[]',
      rows: [
        { from: '', to: '', as: 'CX[Identifier]' },
        {
          from: '',
          to: 'type',
          value: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'VN' }],
            text: 'visit number',
          },
          when: { not: { valued: '.5' } },
        },
      ],
    },
    { from: 'PV1-50', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'PV1-4', to: 'type[]', as: 'CWE[CodeableConcept]', codes: 'AdmissionType', table: '0007' },
    { from: 'PV1-18', to: 'type[]', as: 'CWE[CodeableConcept]', table: '0018' },
    {
      from: 'PV1-10',
      to: 'serviceType',
      as: 'CWE[CodeableConcept]',
      codes: 'HospitalService',
      table: '0069',
    },
    participant('PV1-7', 'ATND', 'attender'),
    participant('PV1-8', 'REF', 'referrer'),
    participant('PV1-9', 'CON', 'consultant'),
    participant('PV1-17', 'ADM', 'admitter'),
    participant('PV1-52', 'PART', 'Participation'),
    { from: 'PV1-44', to: 'period.start', as: 'DTM[dateTime]' },
    { from: 'PV1-45', to: 'period.end', as: 'DTM[dateTime]' },
    { from: 'PV1-5', to: 'hospitalization.preAdmissionIdentifier', as: 'CX[Identifier]' },
    { from: 'PV1-14', to: 'hospitalization.admitSource', as: 'CWE[CodeableConcept]', table: '0023' },
    {
      from: 'PV1-13',
      to: 'hospitalization.reAdmission',
      as: 'CWE[CodeableConcept]',
      codes: 'ReadmissionIndicator',
      table: '0092',
    },
    {
      from: 'PV1-38',
      to: 'hospitalization.dietPreference[]',
      as: 'CWE[CodeableConcept]',
      codes: 'DietType',
      table: '0114',
    },
    {
      from: 'PV1-16',
      to: 'hospitalization.specialCourtesy[]',
      as: 'CWE[CodeableConcept]',
      codes: 'VIPIndicator',
      table: '0099',
    },
    {
      from: 'PV1-15',
      to: 'hospitalization.specialArrangement[]',
      as: 'CWE[CodeableConcept]',
      codes: 'AmbulatoryStatus',
      table: '0009',
    },
    { from: 'PV1-37', to: 'hospitalization.destination', as: 'DLD[Location]' },
    {
      from: 'PV1-36',
      to: 'hospitalization.dischargeDisposition',
      as: 'CWE[CodeableConcept]',
      codes: 'DischargeDisposition',
      table: '0112',
    },
    locationOf('PV1-3', 'planned', isPlanned),
    locationOf('PV1-3', 'active', { not: isPlanned }),
    locationOf('PV1-6', 'completed'),
    temporaryLocation('PV1-11', 'active'),
    locationOf('PV1-42', 'reserved'),
    temporaryLocation('PV1-43', 'completed'),
    { from: 'PV1-39', to: 'serviceProvider', as: 'ST[Organization]' },
  ],
};

/** A discharge without its time in PV1: the event's own is the end of the visit. */
export const EVN_ENCOUNTER_END: SegmentMap = {
  segment: 'EVN',
  when: { all: [{ equals: ['MSH-9.2', 'A03'] }, { not: isDischarged }] },
  rows: [
    { from: 'EVN-6', to: 'period.end', as: 'DTM[dateTime]' },
    { from: 'EVN-2', to: 'period.end', as: 'DTM[dateTime]', when: { not: { valued: 'EVN-6' } } },
  ],
};

/** PV1-16 → Patient: a person of importance. */
export const PV1_PATIENT: SegmentMap = {
  segment: 'PV1',
  rows: [
    {
      from: 'PV1-16',
      to: `extension(${EXTENSION.importance}).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
      codes: 'VIPIndicator',
      table: '0099',
    },
  ],
};

/** PV1-20 → Coverage. */
export const PV1_COVERAGE: SegmentMap = {
  segment: 'PV1',
  rows: [
    { from: 'PV1-20.1', to: 'type', as: 'CWE[CodeableConcept]', codes: 'FinancialClass', table: '0064' },
  ],
};

/** PV1-53 and PV1-54 → EpisodeOfCare. */
export const PV1_EPISODE: SegmentMap = {
  segment: 'PV1',
  rows: [
    { from: 'PV1-54', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'PV1-53', to: `extension(${EXTENSION.instanceDescription}).valueString` },
  ],
};

/** PV2 → Encounter. */
export const PV2_ENCOUNTER: SegmentMap = {
  segment: 'PV2',
  rows: [
    locationOf('PV2-1', 'planned'),
    { from: 'PV2-3', to: 'reasonCode[]', as: 'CWE[CodeableConcept]' },
    { from: 'PV2-12', to: 'text', as: 'ST[Narrative]' },
    { from: 'PV2-8', to: `extension(${EXTENSION.plannedStart}).valueDateTime`, as: 'DTM[dateTime]' },
    { from: 'PV2-9', to: `extension(${EXTENSION.plannedEnd}).valueDateTime`, as: 'DTM[dateTime]' },
    { from: 'PV2-11', to: 'length', as: 'NM[Quantity-days]' },
    participant('PV2-13', 'REF', 'referrer'),
    { from: 'PV2-22', to: 'meta.security[]', as: 'ID[Coding]', codes: 'YesNoIndicator' },
    { from: 'PV2-25', to: 'priority', as: 'CWE[CodeableConcept]', codes: 'EncounterPriority', table: '0217' },
    {
      from: 'PV2-38',
      to: `extension(${EXTENSION.modeOfArrival}).valueCoding`,
      as: 'CWE[Coding]',
      codes: 'ModeOfArrivalCode',
      table: '0430',
    },
  ],
};
