import type { DatatypeMap } from '../engine/conversion.js';
import {
  deviceOfAuthority,
  endpointOfAuthority,
  locationOfAuthority,
  listedOrganization,
  organizationOfAuthority,
} from './authorities.js';
import { CONTACT_TYPES } from './contact-types.js';
import { dischargeLocation, location } from './locations.js';
import { organization, organizationOfName, organizationParts } from './organizations.js';
import { practitioner } from './practitioners.js';

/** Data types that name a party or a place: most make a directory resource and give a reference to it. */
export const PARTY_TYPES: Readonly<Record<string, DatatypeMap>> = {
  ...CONTACT_TYPES,
  'HD[Organization]': organizationOfAuthority,
  'HD[Organization-listed]': listedOrganization,
  'HD[Device]': deviceOfAuthority,
  'HD[Location]': locationOfAuthority,
  'HD[MessageHeader-endpoint]': endpointOfAuthority,
  'XON[Organization]': organization,
  'XON[Organization-parts]': organizationParts,
  'ST[Organization]': organizationOfName,
  'XCN[Practitioner]': practitioner,
  'PL[Location]': location,
  'DLD[Location]': dischargeLocation,
};
