import type { CodeTable } from './code-table.js';
import { appointmentReasonCodes, appointmentTypeCodes, fillerStatusCodesAppointment } from './appointment.js';
import { confidentialityCode, documentConfidentialityStatus } from './confidentiality.js';
import {
  addressTypeType,
  addressTypeUse,
  preferredMethodOfContact,
  telecommunicationEquipmentType,
  telecommunicationUseCode,
} from './contact.js';
import { countryCode } from './country.js';
import {
  admissionLevelOfCareCode,
  admissionType,
  ambulatoryStatus,
  bedStatus,
  diagnosisType,
  encounterPriority,
  eventEncounterStatus,
  eventReason,
  hospitalService,
  modeOfArrivalCode,
  patientClassEncounterClass,
  patientClassEncounterStatus,
  readmissionIndicator,
  visitUserCode,
} from './encounter.js';
import { eventTypeA } from './event-type-a.js';
import { eventTypeB } from './event-type-b.js';
import {
  identifierType,
  organizationalNameType,
  practitionerIDNumberType,
  universalIDType,
} from './identifier.js';
import { processingID, processingMode, segmentActionCode } from './message.js';
import { participation, providerRole } from './participation.js';
import {
  administrativeSex,
  contactRole,
  degreeLicenseCertificate,
  livingWillCode,
  maritalStatus,
  nameAssemblyOrder,
  nameType,
  publicityCode,
  relationship,
  religion,
} from './person.js';

/** Concept maps of people, visits, messages, by the names that the guide gives them. */
export const ADMINISTRATIVE_TABLES: Readonly<Record<string, CodeTable>> = {
  'AddressType[Type]': addressTypeType,
  'AddressType[Use]': addressTypeUse,
  AdministrativeSex: administrativeSex,
  AdmissionLevelOfCareCode: admissionLevelOfCareCode,
  AdmissionType: admissionType,
  AmbulatoryStatus: ambulatoryStatus,
  AppointmentReasonCodes: appointmentReasonCodes,
  AppointmentTypeCodes: appointmentTypeCodes,
  BedStatus: bedStatus,
  ConfidentialityCode: confidentialityCode,
  ContactRole: contactRole,
  CountryCode: countryCode,
  DegreeLicenseCertificate: degreeLicenseCertificate,
  DiagnosisType: diagnosisType,
  DocumentConfidentialityStatus: documentConfidentialityStatus,
  EncounterPriority: encounterPriority,
  EventReason: eventReason,
  EventType: { ...eventTypeA, ...eventTypeB },
  'Event[EncounterStatus]': eventEncounterStatus,
  'FillerStatusCodes[Appointment]': fillerStatusCodesAppointment,
  HospitalService: hospitalService,
  IdentifierType: identifierType,
  LivingWillCode: livingWillCode,
  MaritalStatus: maritalStatus,
  ModeOfArrivalCode: modeOfArrivalCode,
  NameAssemblyOrder: nameAssemblyOrder,
  NameType: nameType,
  OrganizationalNameType: organizationalNameType,
  Participation: participation,
  'PatientClass[EncounterClass]': patientClassEncounterClass,
  'PatientClass[EncounterStatus]': patientClassEncounterStatus,
  PractitionerIDNumberType: practitionerIDNumberType,
  PreferredMethodOfContact: preferredMethodOfContact,
  ProcessingID: processingID,
  ProcessingMode: processingMode,
  ProviderRole: providerRole,
  PublicityCode: publicityCode,
  ReadmissionIndicator: readmissionIndicator,
  Relationship: relationship,
  Religion: religion,
  SegmentActionCode: segmentActionCode,
  TelecommunicationEquipmentType: telecommunicationEquipmentType,
  TelecommunicationUseCode: telecommunicationUseCode,
  UniversalIDType: universalIDType,
  VisitUserCode: visitUserCode,
};
