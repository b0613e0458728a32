/** A code system: canonical URI, its OIDs, and the names that HL7 v2 and older systems write for it. */
interface CodeSystemRow {
  readonly uri: string;
  readonly oids: readonly string[];
  readonly names: readonly string[];
}

const HL7 = '2.16.840.1.113883';

/**
 * Code systems of clinical data. Names are upper case; table 0396 of HL7 v2 and what senders write in its stead.
 * @see https://hl7.org/fhir/R4/terminologies-systems.html
 * @see https://terminology.hl7.org/CodeSystem-v2-0396.html
 */
const ROWS: readonly CodeSystemRow[] = [
  { uri: 'http://loinc.org', oids: [`${HL7}.6.1`], names: ['LN', 'LOINC'] },
  {
    uri: 'http://snomed.info/sct',
    oids: [`${HL7}.6.96`],
    names: ['SCT', 'SNOMED', 'SNOMEDCT', 'SNOMED-CT', 'SNOMED CT', 'SCT2'],
  },
  // SNOMED before it was joined with the Read codes: its codes are no concepts of SNOMED CT
  { uri: 'urn:oid:2.16.840.1.113883.6.5', oids: [`${HL7}.6.5`], names: ['SNM', 'SNM3', 'SNT'] },
  {
    uri: 'http://www.nlm.nih.gov/research/umls/rxnorm',
    oids: [`${HL7}.6.88`],
    names: ['RXNORM', 'RXN', 'RXNORM_CUI'],
  },
  {
    uri: 'http://hl7.org/fhir/sid/icd-10-cm',
    oids: [`${HL7}.6.90`],
    names: ['I10C', 'ICD10CM', 'ICD-10-CM'],
  },
  { uri: 'http://hl7.org/fhir/sid/icd-10', oids: [`${HL7}.6.3`], names: ['I10', 'ICD10', 'ICD-10'] },
  {
    uri: 'http://www.cms.gov/Medicare/Coding/ICD10',
    oids: [`${HL7}.6.4`],
    names: ['I10P', 'ICD10PCS', 'ICD-10-PCS'],
  },
  {
    uri: 'http://hl7.org/fhir/sid/icd-9-cm',
    oids: [`${HL7}.6.103`, `${HL7}.6.104`],
    names: ['I9', 'I9C', 'I9CDX', 'I9CP', 'ICD9', 'ICD9CM', 'ICD-9-CM'],
  },
  { uri: 'http://www.ama-assn.org/go/cpt', oids: [`${HL7}.6.12`], names: ['C4', 'CPT', 'CPT4', 'CPT-4'] },
  { uri: 'http://hl7.org/fhir/sid/cvx', oids: [`${HL7}.12.292`, `${HL7}.6.59`], names: ['CVX'] },
  { uri: 'http://hl7.org/fhir/sid/mvx', oids: [`${HL7}.12.227`], names: ['MVX'] },
  { uri: 'http://hl7.org/fhir/sid/ndc', oids: [`${HL7}.6.69`], names: ['NDC'] },
  { uri: 'http://fdasis.nlm.nih.gov', oids: [`${HL7}.4.9`], names: ['UNII'] },
  { uri: 'http://unitsofmeasure.org', oids: [`${HL7}.6.8`], names: ['UCUM'] },
  { uri: 'http://www.nubc.org/patient-discharge', oids: [`${HL7}.6.301.5`], names: ['NUBC'] },
  { uri: 'http://nucc.org/provider-taxonomy', oids: [`${HL7}.6.101`], names: ['NUCC', 'NUCCPROVIDERCODES'] },
  {
    uri: 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets',
    oids: [`${HL7}.6.285`],
    names: ['HCPCS', 'HCS'],
  },
  { uri: 'http://ncimeta.nci.nih.gov', oids: ['2.16.840.1.113883.3.26.1.1'], names: ['NCI', 'NCIT'] },
  { uri: 'urn:oid:2.16.840.1.113883.6.238', oids: [`${HL7}.6.238`], names: ['CDCREC', 'CDC-RACE'] },
  { uri: 'urn:iso:std:iso:3166', oids: ['1.0.3166.1.2.2'], names: ['ISO3166_1', 'ISO3166'] },
  { uri: 'urn:iso:std:iso:3166:-2', oids: ['1.0.3166.2'], names: ['ISO3166_2'] },
  { uri: 'urn:iso:std:iso:4217', oids: ['1.0.4217'], names: ['ISO4217'] },
  { uri: 'http://www.whocc.no/atc', oids: [`${HL7}.6.73`], names: ['ATC', 'WC'] },
  { uri: 'http://dicom.nema.org/resources/ontology/DCM', oids: ['1.2.840.10008.2.16.4'], names: ['DCM'] },
  { uri: 'http://terminology.hl7.org/CodeSystem/icd-o-3', oids: [`${HL7}.6.43.1`], names: ['ICDO', 'ICDO3'] },
  { uri: 'http://hl7.org/fhir/ndfrt', oids: ['2.16.840.1.113883.3.26.1.5'], names: ['NDFRT'] },
  { uri: 'https://www.usps.com/', oids: [`${HL7}.6.92`], names: ['USPS'] },
  { uri: 'urn:ietf:bcp:47', oids: [`${HL7}.6.121`], names: ['BCP47', 'BCP-47'] },
  { uri: 'urn:iso:std:iso:11073:10101', oids: [`${HL7}.6.24`], names: ['MDC', 'IEEE11073'] },
  { uri: 'http://hl7.org/fhir/sid/us-ssn', oids: [`${HL7}.4.1`], names: ['SSN'] },
  { uri: 'http://hl7.org/fhir/sid/us-npi', oids: [`${HL7}.4.6`], names: ['NPI'] },
  { uri: 'http://hl7.org/fhir/sid/us-mbi', oids: [`${HL7}.4.927`], names: ['MBI'] },
  ...v3('ActCode', '5.4'),
  ...v3('ActReason', '5.8'),
  ...v3('ActStatus', '5.14'),
  ...v3('ActMood', '5.1001'),
  ...v3('AdministrativeGender', '5.1'),
  ...v3('Confidentiality', '5.25'),
  ...v3('MaritalStatus', '5.2'),
  ...v3('NullFlavor', '5.1008', 'NULLFL'),
  ...v3('ObservationInterpretation', '5.83'),
  ...v3('ParticipationType', '5.90'),
  ...v3('ReligiousAffiliation', '5.1076'),
  ...v3('RoleCode', '5.111'),
  ...v3('RouteOfAdministration', '5.112'),
  ...v3('EntityNameUse', '5.45'),
  ...v3('LanguageAbilityMode', '5.60'),
  ...v3('LanguageAbilityProficiency', '5.61'),
];

function v3(name: string, oid: string, ...names: string[]): CodeSystemRow[] {
  return [{ uri: `http://terminology.hl7.org/CodeSystem/v3-${name}`, oids: [`${HL7}.${oid}`], names }];
}

const V2_TABLE_OID = /^2\.16\.840\.1\.113883\.12\.(\d{1,4})$/;
const V2_TABLE_NAME = /^HL7(?:\d{4}|-\d{4}|_\d{4})$/;

const byOid = new Map(ROWS.flatMap(({ uri, oids }) => oids.map((oid) => [oid, uri])));
const byName = new Map(ROWS.flatMap(({ uri, names }) => names.map((name) => [name, uri])));
const byUri = new Map(ROWS.flatMap(({ uri, oids }) => (oids[0] === undefined ? [] : [[uri, oids[0]]])));

/** The canonical URI of an OID, bare or as `urn:oid:`; undefined where it is not known. Tables of HL7 v2 are. */
export function systemOfOid(text: string): string | undefined {
  const oid = text.startsWith('urn:oid:') ? text.slice('urn:oid:'.length) : text;
  const table = V2_TABLE_OID.exec(oid)?.[1];
  return byOid.get(oid) ?? (table === undefined ? undefined : v2Table(table));
}

/** The canonical URI of a name as in HL7 v2 table 0396 (`LN`, `SCT`, `HL70001`); undefined where it is not known. */
export function systemOfName(name: string): string | undefined {
  const upper = name.trim().toUpperCase();
  return byName.get(upper) ?? (V2_TABLE_NAME.test(upper) ? v2Table(upper.slice(-4)) : undefined);
}

/** The first OID of a canonical URI. */
export function oidOfSystem(uri: string): string | undefined {
  return byUri.get(uri);
}

/** Whatever a sender wrote for a code system, as canonical URI: a URI in its usual form, an OID, or a v2 name. */
export function canonicalSystem(text: string): string | undefined {
  const trimmed = text.trim();
  const known = systemOfOid(trimmed) ?? systemOfName(trimmed);
  if (known !== undefined) return known;
  return /^(?:https?:\/\/|urn:)\S+$/.test(trimmed) ? trimmed.replace(/\/+$/, '') : undefined;
}

/**
 * The URI of what only the sender knows: a coding system (`L`, `99LAB`) or a namespace, as `urn:id:<source>:<name>`. Characters
 * that a URN does not allow are percent-encoded, so different names stay different.
 */
export function localSystem(source: string, name: string): string {
  return `urn:id:${encodeURIComponent(source)}:${encodeURIComponent(name.trim())}`;
}

function v2Table(number: string): string {
  return `http://terminology.hl7.org/CodeSystem/v2-${number.padStart(4, '0')}`;
}
