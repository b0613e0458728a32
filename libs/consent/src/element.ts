import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import { GatewayError } from '#outcome';

/** Why a Consent is not understood. */
export type ConsentFaultCode =
  | 'consent-malformed'
  | 'consent-too-large'
  | 'consent-member-unsupported'
  | 'consent-member-missing'
  | 'consent-value-unsupported';

/** An element of the document with its place, so that each fault names where it is. */
export interface Element {
  readonly value: JsonObject;
  readonly path: string;
}

/** A `profile-invalid` whose `details` is the code and whose expression is the place; never a value. */
export function consentFault(code: ConsentFaultCode, path: string): GatewayError {
  return new GatewayError('profile-invalid', { details: code, expression: [path] });
}

/** Refuses every member that is not named: what is not understood must not be ignored. */
export function allow(element: Element, members: readonly string[]): void {
  const other = Object.keys(element.value).find((name) => !members.includes(name));
  if (other === undefined) return;
  const plain = /^[A-Za-z_]{1,40}$/.test(other) ? `.${other}` : '';
  throw consentFault('consent-member-unsupported', `${element.path}${plain}`);
}

/** The text of a member; throws where it is missing or no text. */
export function text(element: Element, name: string): string {
  const value = element.value[name];
  const path = `${element.path}.${name}`;
  if (value === undefined) throw consentFault('consent-member-missing', path);
  if (typeof value !== 'string' || value === '') throw consentFault('consent-value-unsupported', path);
  return value;
}

/** The text of a member that may be absent. */
export function optionalText(element: Element, name: string): string | undefined {
  return element.value[name] === undefined ? undefined : text(element, name);
}

/** An object member; throws where it is missing or no object. */
export function child(element: Element, name: string): Element {
  const found = optionalChild(element, name);
  if (found === undefined) throw consentFault('consent-member-missing', `${element.path}.${name}`);
  return found;
}

/** An object member that may be absent. */
export function optionalChild(element: Element, name: string): Element | undefined {
  const value = element.value[name];
  return value === undefined ? undefined : asElement(value, `${element.path}.${name}`);
}

/** The objects of a list member; `undefined` where absent. An empty list is a fault, as FHIR has it. */
export function children(element: Element, name: string, limit: number): readonly Element[] | undefined {
  const value = element.value[name];
  const path = `${element.path}.${name}`;
  if (value === undefined) return undefined;
  if (!isList(value) || value.length === 0) throw consentFault('consent-value-unsupported', path);
  if (value.length > limit) throw consentFault('consent-too-large', path);
  return value.map((item, index) => asElement(item, `${path}[${index}]`));
}

function asElement(value: JsonValue, path: string): Element {
  if (!isObject(value)) throw consentFault('consent-value-unsupported', path);
  return { value, path };
}
