import type { JsonObject } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import type { Cell } from '../message/message.js';
import { ABSENT, compact } from './parts.js';
import { authorityParts, systemOfAuthority, universalOf, type AuthorityParts } from './systems.js';
import { codeOfTable } from './codes.js';

/** The identifiers of an HD: its namespace, and its universal id with the type. */
export function identifiersOfAuthority(parts: AuthorityParts, place: Place): readonly JsonObject[] {
  const { namespace, universalId, type } = parts;
  const uri = universalOf(parts);
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

/** HD as a resource of its own with identifiers: Organization or Device. */
function resourceOfAuthority(type: string, cell: Cell, place: Place): JsonObject | undefined {
  const parts = authorityParts(cell);
  const key = keyOf(parts, place);
  const identifier = identifiersOfAuthority(parts, place);
  return key === undefined ? undefined : place.conversion.relate({ type, key, resource: { identifier } });
}

/** HD as a reference to the organisation. */
export const organizationOfAuthority = (cell: Cell, place: Place): JsonObject | undefined =>
  resourceOfAuthority('Organization', cell, place);

/** HD as a reference to the application. */
export const deviceOfAuthority: DatatypeMap = (cell, place) => resourceOfAuthority('Device', cell, place);

/** HD as a reference to the place. */
export const locationOfAuthority: DatatypeMap = (cell, place) => {
  const parts = authorityParts(cell);
  const key = keyOf(parts, place);
  if (key === undefined) return undefined;
  const name = parts.namespace ?? parts.universalId;
  const resource = compact({ identifier: identifiersOfAuthority(parts, place), name, mode: 'instance' });
  return place.conversion.relate({ type: 'Location', key, resource: resource ?? {} });
};

/** HD as an organisation that nothing refers to. */
export const listedOrganization: DatatypeMap = (cell, place) => {
  organizationOfAuthority(cell, place);
  return undefined;
};

/** HD as an endpoint URI; the reason why there is none, where it is only a name. */
export const endpointOfAuthority: DatatypeMap = (cell, place) => {
  const parts = authorityParts(cell);
  const { namespace, universalId, type } = parts;
  const name = namespace ?? universalId;
  const uri = universalOf(parts) ?? (universalId === undefined ? undefined : urnOf(type, universalId));
  const isLost = uri === undefined && namespace !== undefined && universalId !== undefined;
  if (isLost) place.conversion.remark('unmapped', cell.path, place.type);
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
