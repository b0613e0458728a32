// Medication: route, method, timing, completion. What the HL7 v2-to-FHIR concept maps (RouteOfAdministration,
// AdministrationMethod, AllowSubstitution, RepeatPattern, EventRelatedPeriod, CompletionStatus) state.
import { type CodeTable, codeTable } from './code-table.js';

/** Table 0162 → http://terminology.hl7.org/CodeSystem/v2-0162. */
export const routeOfAdministration: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0162', {
  AP: ['AP', 'Apply Externally'],
  B: ['B', 'Buccal'],
  DT: ['DT', 'Dental'],
  EP: ['EP', 'Epidural'],
  ET: ['ET', 'Endotrachial Tube'],
  GTT: ['GTT', 'Gastrostomy Tube'],
  GU: ['GU', 'GU Irrigant'],
  IMR: ['IMR', 'Immerse (Soak) Body Part'],
  IA: ['IA', 'Intra-arterial'],
  IB: ['IB', 'Intrabursal'],
  IC: ['IC', 'Intracardiac'],
  ICV: ['ICV', 'Intracervical (uterus)'],
  ID: ['IDINJ', 'Injection, intradermal', 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration'],
  IH: ['IH', 'Inhalation'],
  IHA: ['IHA', 'Intrahepatic Artery'],
  IM: ['IM', 'Injection, intramuscular', 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration'],
  IN: ['IN', 'Intranasal'],
  IO: ['IO', 'Intraocular'],
  IP: ['IP', 'Intraperitoneal'],
  IS: ['IS', 'Intrasynovial'],
  IT: ['IT', 'Intrathecal'],
  IU: ['IU', 'Intrauterine'],
  IV: ['IVINJ', 'Injection, intravenous', 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration'],
  MTH: ['MTH', 'Mouth/Throat'],
  MM: ['MM', 'Mucous Membrane'],
  NS: ['NS', 'Nasal'],
  NG: ['NG', 'Nasogastric'],
  NP: ['NP', 'Nasal Prongs'],
  NT: ['NT', 'Nasotrachial Tube'],
  OP: ['OP', 'Ophthalmic'],
  OT: ['OT', 'Otic'],
  OTH: ['OTH', 'Other/Miscellaneous'],
  PF: ['PF', 'Perfusion'],
  PO: ['PO', 'Swallow, oral', 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration'],
  PR: ['PR', 'Rectal'],
  RM: ['RM', 'Rebreather Mask'],
  SD: ['SD', 'Soaked Dressing'],
  SC: ['SQ', 'Injection, subcutaneous', 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration'],
  SL: ['SL', 'Sublingual'],
  TP: ['TP', 'Topical'],
  TRA: ['TRA', 'Tracheostomy'],
  TD: ['TRNSDERM', 'Transdermal', 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration'],
  TL: ['TL', 'Translingual'],
  UR: ['UR', 'Urethral'],
  VG: ['VG', 'Vaginal'],
  VM: ['VM', 'Ventimask'],
  WND: ['WND', 'Wound'],
});

/** Table 0165 → http://snomed.info/sct. */
export const administrationMethod: CodeTable = codeTable('http://snomed.info/sct', {
  CH: ['419747000'],
  DI: ['421682005'],
  IS: ['421257003'],
  SH: ['420606003'],
  WA: ['422152000'],
});

/** Table 0161 → http://terminology.hl7.org/CodeSystem/v2-0161. */
export const allowSubstitution: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0161', {
  N: ['N'],
  G: ['G', 'Allow generic substitutions.'],
  T: ['T', 'Allow therapeutic substitutions'],
});

/** Table 0335 → http://terminology.hl7.org/CodeSystem/v2-0335. */
export const repeatPattern: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0335', {
  'Q<integer>S': ['Q<integer>S', 'every <integer> seconds'],
  'Q<integer>M': ['Q<integer>M', 'every <integer> minutes'],
  'Q<integer>H': ['Q<integer>H', 'every <integer> hours'],
  'Q<integer>D': ['Q<integer>D', 'every <integer> days'],
  'Q<integer>W': ['Q<integer>W', 'every <integer> weeks'],
  'Q<integer>L': ['Q<integer>L', 'every <integer> months (Lunar cycle)'],
  'Q<integer>J<day#>': ['Q<integer>J<day#>', 'repeats on a particular day of the week,'],
  BID: ['BID', 'BID', 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation'],
  TID: ['TID', 'TID', 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation'],
  QID: ['QID', 'QID', 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation'],
  xID: ['xID'],
  QAM: ['QAM', 'in the morning at institution-specified time'],
  QSHIFT: ['QSHIFT'],
  QOD: ['QOD', 'QOD', 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation'],
  QHS: ['QHS', 'every day before the hour of sleep'],
  QPM: ['QPM', 'in the evening at institution-specified time'],
  C: ['C'],
  '"U <spec>"': ['"U <spec>"'],
  PRN: ['PRN', 'given as needed'],
  PRNxxx: ['PRNxxx', 'where xxx is some frequency code'],
  Once: ['Once', 'one time only.'],
  '"Meal Related Timings"': ['"Meal Related Timings"', '<timing>C ("cum")<meal>'],
  A: ['A', 'Ante (before)'],
  P: ['P', 'Post (after)'],
  I: ['I', 'Inter'],
  M: ['M', 'Cibus Matutinus (breakfast)'],
  D: ['D', 'Cibus Diurnus (lunch)'],
  V: ['V', 'Cibus Vespertinus (dinner)'],
});

/** Table 0528 → http://terminology.hl7.org/CodeSystem/v3-TimingEvent. */
export const eventRelatedPeriod: CodeTable = codeTable(
  'http://terminology.hl7.org/CodeSystem/v3-TimingEvent',
  {
    HS: ['HS', 'HS'],
    AC: ['AC', 'AC'],
    PC: ['PC', 'PC'],
    IC: ['IC', 'between meals (from lat. inter cibus)', 'http://terminology.hl7.org/CodeSystem/v2-0528'],
    ACM: ['ACM', 'ACM'],
    ACD: ['ACD', 'ACD'],
    ACV: ['ACV', 'ACV'],
    PCM: ['PCM', 'PCM'],
    PCD: ['PCD', 'PCD'],
    PCV: ['PCV', 'PCV'],
    ICM: ['ICM', 'between breakfast and lunch', 'http://terminology.hl7.org/CodeSystem/v2-0528'],
    ICD: ['ICD', 'between lunch and dinner', 'http://terminology.hl7.org/CodeSystem/v2-0528'],
    ICV: ['ICV', 'between dinner and the hour of sleep', 'http://terminology.hl7.org/CodeSystem/v2-0528'],
  },
);

/** Table 0322 → http://hl7.org/fhir/event-status. */
export const completionStatus: CodeTable = codeTable('http://hl7.org/fhir/event-status', {
  CP: ['completed', 'Completed'],
  RE: ['not-done', 'Not Done'],
  NA: ['not-done', 'Not Done'],
  PA: ['completed', 'Completed'],
});
