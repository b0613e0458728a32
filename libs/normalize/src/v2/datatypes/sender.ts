import type { JsonObject } from '#digest';
import { cellsAt, firstCellAt } from '../engine/address.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import { organizationOfAuthority } from './authorities.js';
import { codeOfTable } from './codes.js';
import { compact } from './parts.js';
import { authorityParts, systemOfAuthority } from './systems.js';

/** The organisation that sends, with its country: MSH-4, else whom we know the connection to belong to. */
const sendingOrganization: DatatypeMap = (_, place) => {
  const { sender } = place.conversion;
  const facility = firstCellAt('MSH-4', place);
  const system = facility === undefined ? undefined : systemOfAuthority(authorityParts(facility), sender);
  const identifier = [{ system: 'urn:proviso:source', value: sender.id }];
  const named = facility === undefined ? undefined : organizationOfAuthority(facility, place);
  const key = keyOfParts(system === undefined ? ['sender'] : ['authority', system]);
  const resource = { ...(named === undefined && { identifier }), ...countryOf(place) };
  return place.conversion.relate({ type: 'Organization', key, resource });
};

/** MSH-17 as the address of the sender. */
function countryOf(place: Place): JsonObject {
  const code = firstCellAt('MSH-17', place)?.at(1).value();
  if (code === undefined) return {};
  const country = codeOfTable(code, 'CountryCode', place)['code'] ?? code;
  return { address: [{ country }] };
}

/** MSH-12 with the character set of MSH-18: in which form the message was. */
const messageForm: DatatypeMap = (cell, place) => {
  const charsets = cellsAt('MSH-18', place).map((one) => one.value());
  return ['HL7 v2', `version ${cell.at(1).value() ?? 'unknown'}`, ...charsets]
    .filter((part) => part !== undefined)
    .join(', ');
};

/** MSH-9 as codings: what the message is called, and its type by table 0076. */
const messageActivity: DatatypeMap = (cell) => {
  const parts = [1, 2, 3].map((part) => cell.at(part).value());
  const display = parts.filter((part) => part !== undefined).join('^');
  const type = compact({ code: parts[0] });
  const coding =
    type === undefined ? [] : [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0076', ...type }];
  return display === '' ? undefined : { coding: [{ display }, ...coding] };
};

/** Data types of the header that tell where a message comes from. */
export const SENDER_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'sender[Organization]': sendingOrganization,
  'VID[form]': messageForm,
  'MSG[activity]': messageActivity,
};
