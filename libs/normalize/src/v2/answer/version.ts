/** The version that an answer has where the message names none that exists. */
const OWN = '2.5.1';

/** A version of HL7 v2, as MSH-12.1 names it: the sender's where it is one, else ours. */
export function answerVersion(version: string | undefined): string {
  return version !== undefined && /^2\.\d{1,2}(?:\.\d)?$/.test(version) ? version : OWN;
}

/** Whether `version` is `since` or later, both as `answerVersion` gives them. */
export function isSince(version: string, since: string): boolean {
  const [left = [], right = []] = [version, since].map((text) => text.split('.').map(Number));
  const differing = [0, 1, 2].find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return differing === undefined || (left[differing] ?? 0) > (right[differing] ?? 0);
}
