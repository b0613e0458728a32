import { SYSTEMS } from './code-systems.js';

/** Which codes of a system make a resource sensitive in which way. */
export interface LabelRule {
  readonly sensitivity: 'ETH' | 'ETHUD' | 'OPIOIDUD' | 'PSY' | 'SDV' | 'HIV';
  readonly system: string;
  /** Exact codes. */
  readonly codes: readonly string[];
  /** Beginnings of codes, for hierarchical systems. */
  readonly prefixes: readonly string[];
}

/** A set of labelling rules under a version, which is stored beside every label it gave. */
export interface LabelRuleSet {
  readonly version: string;
  readonly rules: readonly LabelRule[];
}

const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const ICD10 = ['http://hl7.org/fhir/sid/icd-10-cm', 'http://hl7.org/fhir/sid/icd-10'];

/** Labels of these systems are kept where a source gives them. */
export const LABEL_SYSTEMS = [SYSTEMS.sensitivity, SYSTEMS.confidentiality] as const;

/**
 * The set in use: diagnoses, tests and medicines whose codes tell. It is small and says what it knows; a deployment
 * extends it, under a new version, and relabels.
 */
export const LABEL_RULES: LabelRuleSet = {
  version: 'proviso-2',
  rules: [
    // HIV infection; AIDS; HIV positive.
    codes('HIV', SNOMED, '86406008 62479008 165816005'),
    // HIV 1+2 antibody and antigen tests; viral loads; rapid test; test panel of a value set.
    codes('HIV', LOINC, '75622-1 56888-1 7917-8 68961-2 20447-9 25836-8'),
    // zidovudine, lamivudine, emtricitabine, efavirenz.
    codes('HIV', RXNORM, '11413 68244 276237 195085'),
    ...icd('HIV', 'B20 B97.35 Z21 R75 O98.7'),
    // alcoholism; alcohol dependence; alcohol abuse.
    codes('ETHUD', SNOMED, '7200002 66590003 15167005'),
    // AUDIT-C total and panel.
    codes('ETHUD', LOINC, '75626-2 72109-2'),
    // disulfiram, naltrexone.
    codes('ETHUD', RXNORM, '3554 7243'),
    ...icd('ETHUD', 'F10'),
    // opioid dependence; opioid abuse.
    codes('OPIOIDUD', SNOMED, '75544000 5602001'),
    // buprenorphine, methadone, naltrexone, naloxone.
    codes('OPIOIDUD', RXNORM, '1819 6813 7243 7242'),
    ...icd('OPIOIDUD', 'F11'),
    // substance abuse; drug dependence.
    codes('ETH', SNOMED, '66214007 191816009'),
    // DAST-10 panel and total.
    codes('ETH', LOINC, '82666-9 82667-7'),
    ...icd('ETH', 'F10 F11 F12 F13 F14 F15 F16 F18 F19'),
    // mental disorder; depressive disorder; major depression; schizophrenia; bipolar disorder; anxiety; PTSD.
    codes('PSY', SNOMED, '74732009 35489007 370143000 58214004 13746004 197480006 47505003'),
    // PHQ-9 panel and total; GAD-7 panel and total.
    codes('PSY', LOINC, '44249-1 44261-6 69737-5 70274-6'),
    // lithium.
    codes('PSY', RXNORM, '6448'),
    ...icd('PSY', 'F2 F3 F4 F5 F6 F9'),
    // victim of intimate partner abuse.
    codes('SDV', SNOMED, '706893006'),
    // HARK total score.
    codes('SDV', LOINC, '76504-0'),
    ...icd('SDV', 'T74 T76 Y07'),
  ],
};

function codes(sensitivity: LabelRule['sensitivity'], system: string, list: string): LabelRule {
  return { sensitivity, system, codes: list.split(' '), prefixes: [] };
}

function icd(sensitivity: LabelRule['sensitivity'], prefixes: string): readonly LabelRule[] {
  return ICD10.map((system) => ({ sensitivity, system, codes: [], prefixes: prefixes.split(' ') }));
}
