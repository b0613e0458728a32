import type { JsonObject } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import type { Cell } from '../message/message.js';
import { ABSENT, compact } from './parts.js';
import { authorityParts, systemOfAuthority, universalUri, type AuthorityParts } from './systems.js';
import { codeOfTable } from './codes.js';

/** The identifiers of an HD: its namespace, and its universal id with the type. */
function identifiersOf(
  { namespace, universalId, type }: AuthorityParts,
  place: Place,
): readonly JsonObject[] {
  const uri = universalId === undefined ? undefined : universalUri(universalId);
  const kind = type === undefined ? undefined : { coding: [codeOfTable(type, 'UniversalIDType', place)] };
  const universal = compact({
    type: universalId === undefined ? undefined : kind,
    system: uri === undefined ? undefined : 'urn:ietf:rfc:3986',
    value: uri ?? universalId,
  });
  return [namespace === undefined ? undefined : { value: namespace }, universal].filter(
    (one) => one !== undefined,
  );
}

function keyOf(parts: AuthorityParts, place: Place): string | undefined {
  const system = systemOfAuthority(parts, place.conversion.sender);
  return system === undefined ? undefined : keyOfParts(['authority', system]);
}

/** HD as a resource of its own with identifiers: Organization, Device or Location. */
function resourceOfAuthority(type: string, cell: Cell, place: Place): JsonObject | undefined {
  const parts = authorityParts(cell);
  const key = keyOf(parts, place);
  const identifier = identifiersOf(parts, place);
  return key === undefined ? undefined : place.conversion.relate({ type, key, resource: { identifier } });
}

/** HD as a reference to the organisation. */
export const organizationOfAuthority = (cell: Cell, place: Place): JsonObject | undefined =>
  resourceOfAuthority('Organization', cell, place);

/** HD as a reference to the application. */
export const deviceOfAuthority: DatatypeMap = (cell, place) => resourceOfAuthority('Device', cell, place);

/** HD as a reference to the place. */
export const locationOfAuthority: DatatypeMap = (cell, place) => resourceOfAuthority('Location', cell, place);

/** HD as an endpoint URI; the reason why there is none, where it is only a name. */
export const endpointOfAuthority: DatatypeMap = (cell) => {
  const { namespace, universalId, type } = authorityParts(cell);
  const name = namespace ?? universalId;
  const uri = universalId === undefined ? undefined : (universalUri(universalId) ?? urnOf(type, universalId));
  return {
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? { _endpoint: ABSENT('unknown') } : { endpoint: uri }),
  };
};

function urnOf(type: string | undefined, id: string): string | undefined {
  const scheme = type?.toUpperCase();
  if (scheme === 'DNS' && /^[\w.-]+$/.test(id)) return `urn:dns:${id}`;
  return scheme === 'URI' && /^\S+$/.test(id) ? id : undefined;
}

/** HD as a system URI. */
export const uriOfAuthority: DatatypeMap = (cell, place) =>
  systemOfAuthority(authorityParts(cell), place.conversion.sender);

/** HD as Identifier. */
export const identifierOfAuthority: DatatypeMap = (cell, place) =>
  identifiersOf(authorityParts(cell), place)[0];
