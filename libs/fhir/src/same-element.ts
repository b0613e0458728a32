import { typeModel } from './element-model.js';

/**
 * The JSON members that stand for the same element of a resource: every name of a choice (`onsetDateTime`, `onsetAge`),
 * each with the sibling that holds its id and extensions (`_onsetDateTime`).
 * @see https://hl7.org/fhir/R4/json.html#primitive
 */
export function sameElement(type: string, member: string): readonly string[] {
  const name = member.startsWith('_') ? member.slice(1) : member;
  const names = typeModel(type)?.choices.find((choice) => choice.includes(name)) ?? [name];
  return names.flatMap((one) => [one, `_${one}`]);
}
