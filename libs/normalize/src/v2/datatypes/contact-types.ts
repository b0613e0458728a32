import type { JsonValue } from '#digest';
import { isObject } from '#fhir';
import { cellsAt } from '../engine/address.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { address } from './addresses.js';
import { singleName } from './names.js';
import { organization, organizationKey } from './organizations.js';
import { compact } from './parts.js';
import { organizationParty, practitionerParty } from './roles.js';
import { contactPoint } from './telecoms.js';

/** NK1-13 with the person to speak to there. */
const contactOrganization: DatatypeMap = (cell, place) => {
  const key = organizationKey(cell, place);
  const reference = organization(cell, place);
  const [name, telecom, postal] = [
    made('NK1-30', singleName, place),
    made('NK1-31', contactPoint(), place),
    made('NK1-32', address, place),
  ];
  const contact = compact({ name: name[0], telecom, address: postal[0] });
  if (key !== undefined && contact !== undefined) {
    place.conversion.relate({ type: 'Organization', key, resource: { contact: [contact] } });
  }
  return reference;
};

function made(from: string, map: DatatypeMap, place: Place): readonly JsonValue[] {
  return cellsAt(from, place)
    .flatMap((cell) => map(cell, place) ?? [])
    .filter(isObject);
}

/** Parties of the patient side that several fields tell of. */
export const CONTACT_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'XCN[Practitioner-ROL]': (cell, place) =>
    practitionerParty(cell, place, { addresses: 'ROL-11' })?.reference,
  'XON[Organization-NK1]': contactOrganization,
  'XON[Organization-employer]': (cell, place) =>
    organizationParty(cell, place, { addresses: 'IN1-44', telecoms: 'IN2-70' })?.reference,
};
