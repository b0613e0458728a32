import { isObject } from '#fhir';
import type { JsonObject, JsonValue } from '#digest';
import { firstCellAt } from '../engine/address.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { location } from './locations.js';
import { compact } from './parts.js';
import { practitioner, practitionerOfCnn } from './practitioners.js';
import { organizationParty, practitionerParty, practitionerRole } from './roles.js';
import { SENDER_TYPES } from './sender.js';
import { codingSystem } from './systems.js';
import { dateTime } from './times.js';

/** XCN as a reference to somebody in one certain role. */
function inRole(code: JsonObject): DatatypeMap {
  return (cell, place) => {
    const who = practitionerParty(cell, place);
    return who === undefined ? undefined : practitionerRole({ practitioner: who, code }, place);
  };
}

const RESPONSIBLE_OBSERVER = {
  system: 'http://terminology.hl7.org/CodeSystem/practitioner-role',
  code: 'responsibleObserver',
};
const MEDICAL_DIRECTOR = { system: 'http://terminology.hl7.org/CodeSystem/v2-0912', code: 'MDIR' };

/** ORC-12 and ORC-21: who asked for it; in a role, where both the person and the organisation are named. */
const requester: DatatypeMap = (_, place) => {
  const who = practitionerParty(firstCellAt('ORC-12', place), place, { addresses: 'ORC-24' });
  const where = organizationParty(firstCellAt('ORC-21', place), place, {
    addresses: 'ORC-22',
    telecoms: 'ORC-23',
  });
  if (who === undefined || where === undefined) return (who ?? where)?.reference;
  return practitionerRole({ practitioner: who, organization: where }, place);
};

/** OBX-23 with its address, and with its director where one is named. */
const performingOrganization: DatatypeMap = (cell, place) => {
  const where = organizationParty(cell, place, { addresses: 'OBX-24' });
  const director = practitionerParty(firstCellAt('OBX-25', place), place);
  if (director === undefined) return where?.reference;
  return practitionerRole({ practitioner: director, organization: where, code: MEDICAL_DIRECTOR }, place);
};

/** PRT-5 as a reference to a person in the role of PRT-4, for the organisation of PRT-8. */
const participant: DatatypeMap = (cell, place) => {
  const who = practitionerParty(cell, place, { addresses: 'PRT-14', telecoms: 'PRT-15' });
  if (who === undefined) return undefined;
  const part = firstCellAt('PRT-4', place);
  const [code, display, name] = [1, 2, 3].map((at) => part?.at(at).value());
  const system = codingSystem(name, place.conversion.sender);
  const [from, until] = ['PRT-11', 'PRT-12'].map((at) => firstCellAt(at, place));
  const where = firstCellAt('PRT-9', place);
  const role = {
    practitioner: who,
    organization: organizationParty(firstCellAt('PRT-8', place), place),
    code: compact({ system, code, display }),
    period: compact({
      start: from === undefined ? undefined : dateTime(from, place),
      end: until === undefined ? undefined : dateTime(until, place),
    }),
    location: where === undefined ? undefined : location(where, place),
  };
  return practitionerRole(role, place);
};

const DATE = /^\d{4,}$/;

/** NDL: a person, from when until when, and where. Senders that write the person as XCN are read so. */
const nameWithDateAndLocation: DatatypeMap = (cell, place) => {
  const isPerson = cell.at(1).parts === 1 && !cell.at(2).isEmpty && !DATE.test(cell.at(2).value() ?? '');
  if (isPerson) return practitioner(cell, place);
  const reference = practitionerOfCnn(cell.at(1), place);
  const period = compact({ start: dateTime(cell.at(2), place), end: dateTime(cell.at(3), place) });
  const where = locationOfNdl(cell, place);
  if (!isObject(reference) || (period === undefined && where === undefined)) return reference;
  const { reference: target } = reference;
  const who = { key: typeof target === 'string' ? target : '', reference };
  return practitionerRole({ practitioner: who, period, location: where }, place);
};

/** The point of care, room, bed and so on of an NDL, as a PL has them. */
const PL_TO_NDL: Readonly<Record<number, number>> = { 1: 4, 2: 5, 3: 6, 4: 7, 5: 8, 7: 10, 8: 11 };

/** An NDL has 11 parts. */
const NO_PART = 12;

function locationOfNdl(cell: Cell, place: Place): JsonValue | undefined {
  return location({ at: (part) => cell.at(PL_TO_NDL[part] ?? NO_PART) }, place);
}

/** Data types that name somebody in a role, and the sender. */
export const ROLE_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'XCN[Requester]': requester,
  'XON[Requester]': requester,
  'XCN[PractitionerRole-responsibleObserver]': inRole(RESPONSIBLE_OBSERVER),
  'XCN[PractitionerRole-medicalDirector]': inRole(MEDICAL_DIRECTOR),
  'XON[PerformingOrganization]': performingOrganization,
  'PRT[PractitionerRole]': participant,
  'NDL[PractitionerRole]': nameWithDateAndLocation,
  ...SENDER_TYPES,
};
