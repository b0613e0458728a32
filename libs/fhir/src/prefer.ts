/** What an answer to a write holds. */
export type PreferredReturn = 'minimal' | 'representation' | 'OperationOutcome';

const RETURNS = [
  'minimal',
  'representation',
  'OperationOutcome',
] as const satisfies readonly PreferredReturn[];
const MAX_HEADER = 2048;

/**
 * The `return` preference; undefined where there is none that is known.
 * @see https://hl7.org/fhir/R4/http.html#ops
 */
export function preferredReturn(prefer: string | undefined): PreferredReturn | undefined {
  const wanted = (prefer ?? '')
    .slice(0, MAX_HEADER)
    .split(/[,;]/)
    .map((part) => /^\s*return\s*=\s*"?([A-Za-z]+)"?\s*$/.exec(part)?.[1])
    .find((value) => value !== undefined);
  return RETURNS.find((known) => known === wanted);
}
