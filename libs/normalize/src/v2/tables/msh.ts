import { ABSENT } from '../datatypes/parts.js';
import type { Condition, Row, SegmentMap } from '../engine/map.js';

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

/** MSH-22 says who is responsible, by a name or a number. */
export const namesResponsible: Condition = {
  any: ['MSH-22.1', 'MSH-22.3', 'MSH-22.10'].map((valued) => ({ valued })),
};

/** An agent of a Provenance, of a type. */
function agent(from: string, code: string, as: string): Row {
  return {
    from,
    to: 'agent[]',
    rows: [
      { from: '', to: 'type', value: { coding: [{ system: PARTICIPANT, code }] } },
      { from: '', to: 'who', as },
    ],
  };
}

/** MSH → MessageHeader. */
export const MSH_MESSAGE_HEADER: SegmentMap = {
  segment: 'MSH',
  rows: [
    { from: 'MSH-8', to: 'meta.security[].display' },
    {
      from: 'MSH-26',
      to: 'meta.security[]',
      as: 'CWE[Coding]',
      codes: 'ConfidentialityClassification',
      table: '0952',
    },
    {
      from: 'MSH-27',
      to: 'meta.security[]',
      as: 'CWE[Coding]',
      codes: 'SecurityLabelHandlingInstructions',
      table: '0953',
    },
    { from: 'MSH-11', to: 'meta.tag[]', as: 'PT[Coding-id]' },
    { from: 'MSH-11', to: 'meta.tag[]', as: 'PT[Coding-mode]', when: { valued: 'MSH-11.2' } },
    { from: 'MSH-19', to: 'language', as: 'ID[text]' },
    { from: 'MSH-9', to: 'eventCoding', as: 'MSG[Coding]' },
    {
      from: 'MSH',
      to: 'destination[]',
      rows: [
        { from: 'MSH-25', to: '', as: 'HD[MessageHeader-endpoint]' },
        { from: 'MSH-5', to: '', as: 'HD[MessageHeader-endpoint]', when: { not: { valued: 'MSH-25' } } },
        {
          from: '',
          to: '_endpoint',
          value: ABSENT('unknown'),
          when: { not: { any: [{ valued: 'MSH-25' }, { valued: 'MSH-5' }] } },
        },
        { from: 'MSH-5', to: 'target', as: 'HD[Device]' },
        { from: 'MSH-23', to: 'receiver', as: 'XON[Organization]' },
        { from: 'MSH-6', to: 'receiver', as: 'HD[Organization]', when: { not: { valued: 'MSH-23' } } },
      ],
    },
    { from: 'MSH-6', to: '', as: 'HD[Organization-listed]', when: { valued: 'MSH-23' } },
    { from: 'MSH-4', to: 'sender', as: 'sender[Organization]' },
    { from: 'MSH-22', to: 'responsible', as: 'XON[Organization]' },
    {
      from: '',
      to: 'source',
      value: { _endpoint: ABSENT('unknown') },
      when: { not: { any: [{ valued: 'MSH-24' }, { valued: 'MSH-3' }] } },
    },
    { from: 'MSH-24', to: 'source', as: 'HD[MessageHeader-endpoint]' },
    { from: 'MSH-3', to: 'source', as: 'HD[MessageHeader-endpoint]', when: { not: { valued: 'MSH-24' } } },
  ],
};

/** MSH → Provenance of the message at its source. */
export const MSH_PROVENANCE_SOURCE: SegmentMap = {
  segment: 'MSH',
  rows: [
    { from: 'MSH-7', to: 'occurredDateTime', as: 'DTM[dateTime]' },
    { from: 'MSH-7', to: 'recorded', as: 'DTM[instant]' },
    { from: 'MSH-9', to: 'activity', as: 'MSG[activity]' },
    { ...agent('MSH-22', 'author', 'XON[Organization]'), when: namesResponsible },
    { ...agent('MSH-9', 'author', 'sender[Organization]'), when: { not: namesResponsible } },
    {
      from: 'MSH-10',
      to: 'entity[]',
      rows: [
        { from: '', to: 'role', value: 'source' },
        { from: '', to: 'what.identifier', as: 'ST[Identifier]' },
        { from: 'MSH-12', to: 'what.display', as: 'VID[form]' },
      ],
    },
    {
      from: 'MSH-3',
      to: 'entity[]',
      rows: [
        { from: '', to: 'role', value: 'source' },
        { from: '', to: 'what', as: 'HD[Device]' },
      ],
    },
  ],
};

/** EVN → Provenance of the event. */
export const EVN_PROVENANCE: SegmentMap = {
  segment: 'EVN',
  rows: [
    { from: 'MSH-9', to: 'activity.coding[].display', as: 'MSG[text]' },
    { from: 'EVN-1', to: '', as: 'again[MSH-9.2]' },
    { from: 'EVN-6', to: 'occurredDateTime', as: 'DTM[dateTime]' },
    { from: 'EVN-2', to: 'recorded', as: 'DTM[instant]' },
    { from: 'EVN-4', to: 'reason[]', as: 'CWE[CodeableConcept]', codes: 'EventReason', table: '0062' },
    agent('EVN-5', 'performer', 'XCN[Practitioner]'),
    {
      ...agent('MSH-22', 'performer', 'XON[Organization]'),
      when: { all: [namesResponsible, { not: { valued: 'EVN-5' } }] },
    },
    {
      ...agent('MSH-4', 'performer', 'HD[Organization]'),
      when: { not: { any: [{ valued: 'EVN-5' }, namesResponsible] } },
    },
    { from: 'EVN-7', to: 'location', as: 'HD[Location]' },
  ],
};

/** SFT → Device, the software of the sender. */
export const SFT_DEVICE: SegmentMap = {
  segment: 'SFT',
  rows: [
    { from: 'SFT-1.1', to: 'manufacturer' },
    {
      from: 'SFT-3',
      to: 'deviceName[]',
      rows: [
        { from: '', to: 'name' },
        { from: '', to: 'type', value: 'manufacturer-name' },
      ],
    },
    { from: 'SFT-4', to: 'modelNumber' },
    { from: 'SFT-2', to: 'version[].value' },
    { from: 'SFT-5', to: 'note[].text', as: 'TX[string]' },
  ],
};

/** SFT → MessageHeader.source. */
export const SFT_MESSAGE_HEADER: SegmentMap = {
  segment: 'SFT',
  rows: [
    { from: 'SFT-3', to: 'source.software' },
    { from: 'SFT-2', to: 'source.version' },
  ],
};

/** MSH → Provenance of the transformation. */
export const MSH_TRANSFORMATION: SegmentMap = {
  segment: 'MSH',
  rows: [
    {
      from: '',
      to: 'activity',
      value: {
        coding: [
          {
            system: 'http://hl7.org/fhir/uv/v2mappings/CodeSystem/provenance-activity-type-v2-to-fhir',
            code: 'v2-fhir-transformation',
          },
        ],
      },
    },
    {
      from: '',
      to: 'agent[]',
      value: {
        type: { coding: [{ system: PARTICIPANT, code: 'assembler' }] },
        who: { type: 'Device', identifier: { system: 'urn:proviso:converter', value: 'hl7-v2' } },
      },
    },
    {
      from: 'MSH-10',
      to: 'entity[]',
      rows: [
        { from: '', to: 'role', value: 'source' },
        { from: '', to: 'what.identifier', as: 'ST[Identifier]' },
      ],
    },
  ],
};
