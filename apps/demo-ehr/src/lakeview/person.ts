import { segment, type Fields } from './segments.js';

/** A person in Lakeview's books. */
export interface Person {
  /** Number at Lakeview. */
  readonly mrn: string;
  /** Number in the registry that vendors of the example world share. */
  readonly registry?: string;
  /** PID-5. */
  readonly name: string;
  /** PID-7. */
  readonly born: string;
  /** PID-8. */
  readonly sex: string;
  /** PID-11 and what else is known, by field number. */
  readonly more?: Fields;
}

/** PID-3 of a person. */
export function identifiers({ mrn, registry }: Person): string {
  const own = identifier(mrn);
  return registry === undefined ? own : `${own}~${registry}^^^XREG^NI`;
}

/** A number at Lakeview, as a CX. */
export function identifier(mrn: string): string {
  return `${mrn}^^^LAKEVIEW^MR`;
}

/** PID of a person; fields given here replace what is known. */
export function pid(person: Person, changed: Fields = {}): string {
  const { name, born, sex, more } = person;
  return segment('PID', { 1: '1', 3: identifiers(person), 5: name, 7: born, 8: sex, ...more, ...changed });
}
