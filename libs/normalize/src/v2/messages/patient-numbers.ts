/** Fields that hold the numbers of the patient, in the order in which they count as the key. */
export const PATIENT_NUMBERS = ['PID-3', 'PID-2', 'PID-4'] as const;

/** Fields that hold the numbers of a record that gives way, or that something leaves. */
export const PRIOR_NUMBERS = ['MRG-1', 'MRG-4', 'MRG-2'] as const;
