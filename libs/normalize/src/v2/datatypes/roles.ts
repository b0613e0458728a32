import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import { cellsAt } from '../engine/address.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import type { Address } from '../engine/map.js';
import type { Cell } from '../message/message.js';
import { address } from './addresses.js';
import { organization, organizationKey } from './organizations.js';
import { compact } from './parts.js';
import { personKey, practitioner } from './practitioners.js';
import { contactPoint } from './telecoms.js';

/** A directory resource that was related, by the reference to it. */
interface Party {
  readonly key: string;
  readonly reference: JsonObject;
}

/** Where a message says more of a party than the field that names it. */
interface More {
  readonly addresses?: Address;
  readonly telecoms?: Address;
}

const workPoint = contactPoint('work');

function moreOf(place: Place, { addresses, telecoms }: More): JsonObject {
  const all = (at: Address | undefined, map: DatatypeMap): readonly JsonValue[] =>
    (at === undefined ? [] : cellsAt(at, place))
      .map((cell) => map(cell, place))
      .flatMap((made) => (isList(made) ? made : made === undefined ? [] : [made]));
  return compact({ address: all(addresses, address), telecom: all(telecoms, workPoint) }) ?? {};
}

/** XON as an organisation, with the address and telecommunication that other fields hold. */
export function organizationParty(cell: Cell | undefined, place: Place, more: More = {}): Party | undefined {
  const key = cell === undefined ? undefined : organizationKey(cell, place);
  const reference = cell === undefined ? undefined : organization(cell, place);
  if (key === undefined || !isObject(reference)) return undefined;
  place.conversion.relate({ type: 'Organization', key, resource: moreOf(place, more) });
  return { key, reference };
}

/** XCN as a practitioner, with the address that another field holds. */
export function practitionerParty(cell: Cell | undefined, place: Place, more: More = {}): Party | undefined {
  const key = cell === undefined ? undefined : personKey(cell, place);
  const reference = cell === undefined ? undefined : practitioner(cell, place);
  if (key === undefined || !isObject(reference)) return undefined;
  place.conversion.relate({ type: 'Practitioner', key, resource: moreOf(place, more) });
  return { key, reference };
}

/** What a PractitionerRole says. */
interface Role {
  readonly practitioner?: Party | undefined;
  readonly organization?: Party | undefined;
  readonly code?: JsonObject | undefined;
  readonly period?: JsonObject | undefined;
  readonly location?: JsonValue | undefined;
}

/** A PractitionerRole, known by who and where they are and what they do there. */
export function practitionerRole(role: Role, place: Place): JsonObject {
  const parts = [role.practitioner?.key ?? '', role.organization?.key ?? '', keyOfCode(role.code)];
  const resource = compact({
    practitioner: role.practitioner?.reference,
    organization: role.organization?.reference,
    code: role.code === undefined ? [] : [{ coding: [role.code] }],
    period: role.period,
    location: role.location === undefined ? [] : [role.location],
  });
  return place.conversion.relate({
    type: 'PractitionerRole',
    key: keyOfParts(parts),
    resource: resource ?? {},
  });
}

function keyOfCode(code: JsonObject | undefined): string {
  const value = code?.['code'];
  return typeof value === 'string' ? value : '';
}
