import type { JsonObject, JsonValue } from '#digest';
import { CONFIDENTIALITY, SENSITIVITIES, SYSTEMS } from './code-systems.js';
import { isList, isObject } from '#fhir';
import { LABEL_RULES, type LabelRuleSet } from './label-rules.js';

/** Labels of a resource, and the version of the rules that gave them. */
export interface Labels {
  /** `system|code`, sorted: exactly one confidentiality, N or above, and any sensitivities. */
  readonly labels: readonly string[];
  readonly version: string;
}

/**
 * Labels a resource by every coding in it, however deep, contained resources too: a code of a sensitive set gives its
 * sensitivity, any sensitivity gives confidentiality R, else it is N. Labels that the source gave are kept, never
 * lowered. Structured codes only: free text is not read.
 *
 * @see https://hl7.org/fhir/R4/security-labels.html
 */
export function label(resource: JsonObject, rules: LabelRuleSet = LABEL_RULES): Labels {
  const codings = codingsOf(resource);
  const given = new Set(codings.map(({ system, code }) => `${system}|${code}`));
  const fromSource = SENSITIVITIES.filter((code) => given.has(`${SYSTEMS.sensitivity}|${code}`));
  const sensitivities = new Set([
    ...codings.flatMap((coding) => sensitivitiesOf(coding, rules)),
    ...fromSource,
  ]);
  const least = sensitivities.size > 0 ? 'R' : 'N';
  const level = CONFIDENTIALITY.toReversed().find(
    (code) => code === least || given.has(`${SYSTEMS.confidentiality}|${code}`),
  );
  const labels = [...sensitivities].map((code) => `${SYSTEMS.sensitivity}|${code}`);
  return {
    labels: [`${SYSTEMS.confidentiality}|${level ?? least}`, ...labels].toSorted(),
    version: rules.version,
  };
}

/** The confidentiality of what has nothing sensitive in it. */
export const NORMAL = `${SYSTEMS.confidentiality}|N`;

interface Coding {
  readonly system: string;
  readonly code: string;
}

function sensitivitiesOf({ system, code }: Coding, { rules }: LabelRuleSet): readonly string[] {
  return rules
    .filter((rule) => rule.system === system)
    .filter((rule) => rule.codes.includes(code) || rule.prefixes.some((prefix) => code.startsWith(prefix)))
    .map((rule) => rule.sensitivity);
}

/** Every object in the value that has a system and a code, at any depth. */
export function codingsOf(value: JsonValue | undefined): readonly Coding[] {
  if (isList(value)) return value.flatMap(codingsOf);
  if (!isObject(value)) return [];
  const { system, code } = value;
  const own = typeof system === 'string' && typeof code === 'string' ? [{ system, code }] : [];
  return [...own, ...Object.values(value).flatMap(codingsOf)];
}
