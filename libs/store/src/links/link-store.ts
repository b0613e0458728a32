import type { SeenIdentities } from '../change.js';

/** That a Patient was, or is, a record of a person. */
export interface PersonLink {
  readonly patient: string;
  readonly person: string;
  readonly grade: 'certain' | 'confirmed';
  readonly fromMs: number;
  /** `undefined`: in force. */
  readonly untilMs: number | undefined;
  /** The log record that made it. */
  readonly recordId: string;
}

/** A Patient's person, and with whom she shares it or shared it. */
export interface Company {
  readonly person: string;
  /** The other Patients of the person. */
  readonly others: readonly string[];
  /** Patients that once were of one person with one of these and are no more, though nobody's word told the two apart. */
  readonly former: readonly string[];
  /** Goes before writes that rest on this: they are refused where the person changed meanwhile. */
  readonly seen: SeenIdentities;
}

/** Looks up links. Every row's MAC is checked: throws `integrity-failure`. */
export interface LinkStore {
  /** Every link that the patient had, and every link that its person has or had; oldest first. None where it is unknown. */
  linksOf(patient: string): Promise<readonly PersonLink[]>;
  /**
   * Every link of each Patient that a version of the resource names. None where there is no such resource, or it is about
   * nobody.
   */
  linksOfResource(type: string, id: string): Promise<readonly PersonLink[]>;
  /** `undefined` where the Patient has no person. One statement gives links and the version of the person. */
  companyOf(patient: string): Promise<Company | undefined>;
}
