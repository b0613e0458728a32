import type { DatatypeMap } from '../engine/conversion.js';
import {
  deviceOfAuthority,
  endpointOfAuthority,
  identifierOfAuthority,
  locationOfAuthority,
  listedOrganization,
  organizationOfAuthority,
  uriOfAuthority,
} from './authorities.js';
import { CONTACT_TYPES } from './contact-types.js';
import { dischargeLocation, location, locationOfName } from './locations.js';
import { organization, organizationOfName, organizationParts } from './organizations.js';
import { personOfXcn, practitioner, practitionerOfCnn } from './practitioners.js';

/** Data types that name a party or a place: most make a directory resource and give a reference to it. */
export const PARTY_TYPES: Readonly<Record<string, DatatypeMap>> = {
  ...CONTACT_TYPES,
  'HD[Organization]': organizationOfAuthority,
  'HD[Organization-listed]': listedOrganization,
  'HD[Device]': deviceOfAuthority,
  'HD[Identifier]': identifierOfAuthority,
  'HD[Location]': locationOfAuthority,
  'HD[uri]': uriOfAuthority,
  'HD[MessageHeader-endpoint]': endpointOfAuthority,
  'XON[Organization]': organization,
  'XON[Organization-parts]': organizationParts,
  'ST[Organization]': organizationOfName,
  'XCN[Practitioner]': practitioner,
  'XCN[person]': personOfXcn,
  'CNN[Practitioner]': practitionerOfCnn,
  'PL[Location]': location,
  'DLD[Location]': dischargeLocation,
  'ST[Location]': locationOfName,
};
