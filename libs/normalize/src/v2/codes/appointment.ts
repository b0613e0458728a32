// Appointments. What the HL7 v2-to-FHIR concept maps (AppointmentReasonCodes, AppointmentTypeCodes,
// FillerStatusCodes[Appointment]) state.
import { type CodeTable, codeTable } from './code-table.js';

/** Table 0276 → http://snomed.info/sct. */
export const appointmentReasonCodes: CodeTable = codeTable('http://snomed.info/sct', {
  ROUTINE: ['3780001'],
  CHECKUP: ['866149003'],
  FOLLOWUP: ['185389009'],
  EMERGENCY: ['373110003'],
});

/** Table 0277 → http://terminology.hl7.org/CodeSystem/v2-0277. */
export const appointmentTypeCodes: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0277', {
  Normal: ['Normal', 'Routine schedule request type – default if not valued'],
  Tentative: ['Tentative', 'A request for a tentative (e.g., “penciled in”) appointment'],
  Complete: ['Complete'],
});

/** Table 0278 → http://hl7.org/fhir/appointmentstatus. */
export const fillerStatusCodesAppointment: CodeTable = codeTable('http://hl7.org/fhir/appointmentstatus', {
  Pending: ['pending', 'Pending'],
  Waitlist: ['waitlist', 'Waitlisted'],
  Booked: ['booked', 'Booked'],
  Started: ['checked-in', 'Checked In'],
  Complete: ['fulfilled', 'Fulfilled'],
  Cancelled: ['cancelled', 'Cancelled'],
  Deleted: ['entered-in-error', 'Entered In Error'],
  Noshow: ['noshow', 'No Show'],
});
