/** The Patients of a person, and those of them in whose name a key was bound. */
export interface LinkedPatients {
  readonly patients: readonly string[];
  readonly bound: readonly string[];
}

/**
 * Who leaves the person when a patient is separated from the others: groups, each of which becomes a person of its own. What was
 * signed for one side must never open the other: the side that a key was bound for stays, with its consents. Where keys were
 * bound for both, both leave, and nobody's consents count until new keys are bound.
 */
export function splitPerson(patient: string, { patients, bound }: LinkedPatients): readonly string[][] {
  const others = patients.filter((each) => each !== patient);
  const isBound = bound.includes(patient);
  const areOthersBound = bound.some((each) => each !== patient);
  if (isBound && areOthersBound) return [[patient], others];
  return isBound ? [others] : [[patient]];
}
