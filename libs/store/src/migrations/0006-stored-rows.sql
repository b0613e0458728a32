-- What other parameters of the type say already is no longer stored again (`combo-code` is `code` and `component-code`,
-- `patient` is `subject` where that is a Patient), and no Provenance is found by the types of its agents.
-- Of every tenant: the owner's own row security is lifted meanwhile.

alter table index_token no force row level security;
alter table index_string no force row level security;
alter table index_reference no force row level security;
alter table index_quantity no force row level security;
alter table index_uri no force row level security;
delete from index_reference where param = 'patient' and type in (
  'Account', 'Appointment', 'AppointmentResponse', 'Basic', 'CarePlan', 'CareTeam', 'ChargeItem',
  'ClinicalImpression', 'Communication', 'CommunicationRequest', 'Composition', 'Condition', 'Contract', 'Coverage',
  'DeviceRequest', 'DiagnosticReport', 'DocumentManifest', 'DocumentReference', 'Encounter', 'Flag', 'Goal',
  'GuidanceResponse', 'ImagingStudy', 'Invoice', 'List', 'MeasureReport', 'Media', 'MedicationAdministration',
  'MedicationDispense', 'MedicationRequest', 'MedicationStatement', 'Observation', 'Person', 'Procedure',
  'QuestionnaireResponse', 'RequestGroup', 'ResearchSubject', 'RiskAssessment', 'ServiceRequest', 'Specimen', 'Task'
);
delete from index_reference where param = 'location' and type in ('Appointment', 'AppointmentResponse');
delete from index_reference where param = 'practitioner' and type in ('Appointment', 'AppointmentResponse', 'Encounter', 'Person');
delete from index_token where param = 'version' and type in ('CapabilityStatement');
delete from index_uri where param = 'url' and type in ('CodeSystem');
delete from index_reference where param = 'subject' and type in ('DeviceUseStatement', 'EnrollmentRequest');
delete from index_reference where param = 'source' and type in ('Linkage');
delete from index_token where param = 'combo-code' and type in ('Observation');
delete from index_token where param = 'combo-data-absent-reason' and type in ('Observation');
delete from index_token where param = 'combo-value-concept' and type in ('Observation');
delete from index_quantity where param = 'combo-value-quantity' and type in ('Observation');
delete from index_string where param = 'phonetic' and type in ('Patient', 'Person', 'Practitioner', 'RelatedPerson');
delete from index_reference where param = 'relatedperson' and type in ('Person');
delete from index_token where param = 'agent-type' and type = 'Provenance';
alter table index_token force row level security;
alter table index_string force row level security;
alter table index_reference force row level security;
alter table index_quantity force row level security;
alter table index_uri force row level security;
