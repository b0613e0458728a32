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

/** Looks up links. Every row's MAC is checked: throws `integrity-failure`. */
export interface LinkStore {
  /** Every link that the patient had, and every link that its person has or had; oldest first. None where it is unknown. */
  linksOf(patient: string): Promise<readonly PersonLink[]>;
}
