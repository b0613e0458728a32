import type { ConsentAction, GrantWish } from '#consent';
import type { JsonObject } from '#digest';
import type { Answer, Question } from './ask.js';
import type { Caller } from './callers.js';
import { grant, type Input, scriptOf, type Told, versionIdOf } from './inputs.js';
import { observation } from './village.js';

/** A client that owns a source. */
export const WRITER: Caller = { client: 'writer', scope: 'system/*.cruds', source: 'app-writer' };
const ALL: readonly ConsentAction[] = ['access', 'collect', 'correct'];
const HIV_LABEL = 'http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV';
/** What no test may see of somebody whom the writer may not write to. */
const HIDDEN = /^(dee|eve)/;

type Line = readonly [key: string, told: Told];

function person(name: string): readonly Line[] {
  return [
    [`${name} record`, { kind: 'resource', resource: { resourceType: 'Patient', id: name } }],
    [`${name} link`, { kind: 'link', patient: name, person: name }],
  ];
}

function given(name: string, actions: readonly ConsentAction[], wish: Partial<GrantWish> = {}): Line {
  return [`${name} grant`, grant(name, { patient: name, client: 'writer', actions, ...wish })];
}

function owned(id: string, subject: string, source: string, change: JsonObject = {}): Line {
  return [id, { ...observation(id, subject, change), source }];
}

/** People with grants to the writer, and Observations of several sources. Later ones are hidden from the writer. */
export const WRITE_WORLD: readonly Input[] = scriptOf([
  ...['ann', 'bob', 'cyd', 'fay', 'dee', 'eve'].flatMap(person),
  given('ann', ALL),
  given('bob', ['access']),
  given('cyd', ['collect']),
  given('fay', ALL, { except: [HIV_LABEL] }),
  given('eve', ALL),
  owned('ann-own', 'ann', 'app-writer'),
  owned('ann-moved', 'ann', 'app-writer'),
  owned('ann-north', 'ann', 'north'),
  owned('ann-other', 'ann', 'app-other'),
  owned('bob-own', 'bob', 'app-writer'),
  owned('fay-own', 'fay', 'app-writer'),
  owned('ann-gone', 'ann', 'app-writer'),
  ['ann-gone 2', { kind: 'deletion', of: 'Observation/ann-gone' }],
  owned('dee-own', 'dee', 'app-writer'),
  owned('dee-north', 'dee', 'north'),
  owned('dee-gone', 'dee', 'app-writer'),
  ['dee-gone 2', { kind: 'deletion', of: 'Observation/dee-gone' }],
  owned('eve-own', 'eve', 'app-writer'),
  owned('eve-both', 'ann', 'app-writer', { performer: [{ reference: 'Patient/eve' }] }),
  ['eve revoked', { kind: 'revoke', grant: 'eve grant', how: 'latch' }],
]);

/** Whether the writer may know of an input. */
export function isShownToWriter({ key }: Input): boolean {
  return !HIDDEN.test(key);
}

/** The version of an Observation that was put there by its key. */
export function ifMatch(key: string): { readonly 'if-match': string } {
  return { 'if-match': `W/"${versionIdOf(key)}"` };
}

/** The text of an Observation, its value as it is written. */
export function observationText(change: JsonObject = {}, value = '120.00'): string {
  const { resource } = observation('x', 'ann');
  const { id: _id, valueQuantity: _value, ...rest }: JsonObject = resource;
  const text = JSON.stringify({ ...rest, ...change });
  return `${text.slice(0, -1)},"valueQuantity":{"value":${value},"unit":"mmHg"}}`;
}

export const FHIR = { 'content-type': 'application/fhir+json' };
export const PATCH = { 'content-type': 'application/json-patch+json' };

/** A create. */
export function creating(body: string, headers: Question['headers'] = {}): Question {
  return { method: 'POST', target: '/Observation', body, headers: { ...FHIR, ...headers } };
}

/** A write of one Observation, given the version that the writer has seen. */
export function changing(
  method: 'PUT' | 'PATCH' | 'DELETE',
  id: string,
  body: string | undefined,
  headers: Question['headers'] = {},
): Question {
  const type = method === 'PATCH' ? PATCH : FHIR;
  const sent = body === undefined ? {} : { body };
  return {
    method,
    target: `/Observation/${id}`,
    ...sent,
    headers: { ...(body === undefined ? {} : type), ...headers },
  };
}

/** The error's code, or the status. */
export function toldOf({ status, body }: Answer): string {
  return /"coding":\[\{"system":"[^"]*\/error","code":"([a-z-]+)"/.exec(body)?.[1] ?? String(status);
}
