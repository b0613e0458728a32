import type { JsonObject } from '#digest';
import { cellsAt } from '../engine/address.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { mappedCode } from './codes.js';
import { codingSystem, ownEntry } from './systems.js';

const CDCREC = 'urn:oid:2.16.840.1.113883.6.238';
const NULL_FLAVOR = 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor';

/** Systems whose codes the categories are; of another one, the code is known by its form, and its system has no place. */
const CATEGORY_SYSTEMS: ReadonlySet<string> = new Set([
  CDCREC,
  'http://terminology.hl7.org/CodeSystem/v2-0005',
  'http://terminology.hl7.org/CodeSystem/v2-0189',
]);

/** Categories of the OMB, of both extensions. */
const OMB: Readonly<Record<string, string>> = {
  '1002-5': 'American Indian or Alaska Native',
  '2028-9': 'Asian',
  '2054-5': 'Black or African American',
  '2076-8': 'Native Hawaiian or Other Pacific Islander',
  '2106-3': 'White',
  '2135-2': 'Hispanic or Latino',
  '2186-5': 'Not Hispanic or Latino',
};

/** Table 0189, where no other system is named. */
const ETHNIC_GROUPS: Readonly<Record<string, string>> = { H: '2135-2', N: '2186-5' };

/** What both extensions may say instead of a category. */
const UNKNOWN: Readonly<Record<string, string>> = { UNK: 'Unknown', ASKU: 'Asked but no answer' };

/**
 * A repeating CWE as the content of the US Core race extension, or ethnicity: OMB categories, detailed codes of CDC, and
 * the text, which alone is there for codes of other systems.
 * @see https://hl7.org/fhir/us/core/StructureDefinition-us-core-race.html
 */
function categories(groups: Readonly<Record<string, string>> = {}): DatatypeMap {
  return (_cell, place) => {
    const cells = cellsAt(place.row.from, place);
    const coded = cells.map((cell) => categoryOf(cell, groups, place));
    const texts = coded.map(({ text }) => text).filter((text) => text !== undefined);
    const codings = coded.flatMap(({ extension }) => (extension === undefined ? [] : [extension]));
    if (texts.length === 0 && codings.length === 0) return undefined;
    return { extension: [...codings, { url: 'text', valueString: texts.join(', ') }] };
  };
}

interface Category {
  readonly extension: JsonObject | undefined;
  readonly text: string | undefined;
}

function categoryOf(cell: Cell, groups: Readonly<Record<string, string>>, place: Place): Category {
  const [sent, display] = [cell.at(1).value(), cell.at(2).value()];
  const system = codingSystem(cell.at(3).value(), place.conversion.sender);
  const said = cell.at(9).value() ?? display;
  if (sent === undefined) return { extension: undefined, text: said };
  const code = mappedCode(sent, system, place)?.code ?? ownEntry(groups, sent.toUpperCase()) ?? sent;
  const extension = extensionOf(code, display);
  remarkOf(cell, { isKnown: extension !== undefined, system }, place);
  return { extension, text: said ?? ownEntry(OMB, code) ?? ownEntry(UNKNOWN, code) ?? sent };
}

function remarkOf(
  cell: Cell,
  { isKnown, system }: { readonly isKnown: boolean; readonly system: string | undefined },
  place: Place,
): void {
  if (!isKnown) place.conversion.remark('unmapped-code', cell.path, place.type);
  const isOther = isKnown && system !== undefined && !CATEGORY_SYSTEMS.has(system);
  if (isOther) place.conversion.remark('unmapped', cell.at(3).path, place.type);
}

function extensionOf(code: string, said: string | undefined): JsonObject | undefined {
  const category = ownEntry(OMB, code);
  if (category !== undefined) {
    return { url: 'ombCategory', valueCoding: { system: CDCREC, code, display: category } };
  }
  const unknown = ownEntry(UNKNOWN, code);
  if (unknown !== undefined) {
    return { url: 'ombCategory', valueCoding: { system: NULL_FLAVOR, code, display: unknown } };
  }
  if (!/^[12]\d{3}-\d$/.test(code)) return undefined;
  const display = said === undefined ? {} : { display: said };
  return { url: 'detailed', valueCoding: { system: CDCREC, code, ...display } };
}

/** Data types of US Core extensions. */
export const US_CORE_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'CWE[race]': categories(),
  'CWE[ethnicity]': categories(ETHNIC_GROUPS),
};
