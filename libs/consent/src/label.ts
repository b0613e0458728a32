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
  const given = codingsOf(resource).map(({ system, code }) => `${system}|${code}`);
  const own = codingsOf(resource).flatMap((coding) => sensitivitiesOf(coding, rules));
  const fromSource = SENSITIVITIES.filter((code) => given.includes(`${SYSTEMS.sensitivity}|${code}`));
  const sensitivities = [...new Set([...own, ...fromSource])];
  const least = sensitivities.length > 0 ? 'R' : 'N';
  const levels = CONFIDENTIALITY.filter((code) => given.includes(`${SYSTEMS.confidentiality}|${code}`));
  const level = CONFIDENTIALITY.toReversed().find((code) => code === least || levels.includes(code)) ?? least;
  const labels = [
    `${SYSTEMS.confidentiality}|${level}`,
    ...sensitivities.map((code) => `${SYSTEMS.sensitivity}|${code}`),
  ];
  return { labels: labels.toSorted(), version: rules.version };
}

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
