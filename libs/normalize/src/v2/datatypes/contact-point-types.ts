import type { DatatypeMap } from '../engine/conversion.js';
import { address, addressText } from './addresses.js';
import { humanName, nameText, singleName } from './names.js';
import { contactPoint } from './telecoms.js';
import { US_CORE_TYPES } from './us-core.js';

/** Names, addresses, telecommunication, race and ethnicity. */
export const CONTACT_POINT_TYPES: Readonly<Record<string, DatatypeMap>> = {
  ...US_CORE_TYPES,
  'XPN[HumanName]': humanName,
  'XPN[HumanName-single]': singleName,
  'XPN[string]': nameText,
  'XAD[Address]': address,
  'ST[Address]': addressText,
  'XTN[ContactPoint]': contactPoint(),
  'XTN[ContactPoint-home]': contactPoint('home'),
  'XTN[ContactPoint-work]': contactPoint('work'),
};
