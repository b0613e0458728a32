import type { JsonObject, JsonValue } from '#digest';
import type { CodeTable, TableCode } from '../codes/code-table.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { codingSystem, ownEntry } from './systems.js';

/** A code with what was said of it. */
interface LocalCoding {
  readonly system: string | undefined;
  readonly version: string | undefined;
  readonly code: string | undefined;
  readonly display: string | undefined;
}

/** Which components of a CWE are the code, its text, its system, the system's version and OID. */
type CodingParts = readonly [code: number, text: number, system: number, version: number, oid: number];

const PRIMARY: CodingParts = [1, 2, 3, 7, 14];
const CODINGS: readonly CodingParts[] = [PRIMARY, [4, 5, 6, 8, 17], [10, 11, 12, 13, 20]];

/** CWE, CE, CNE and CF as CodeableConcept: codings as sent, each followed by what the maps make of it, and the text. */
export const codeableConcept: DatatypeMap = (cell, place) => {
  const locals = CODINGS.map((parts) => localCoding(cell, parts, place));
  const original = cell.at(9).value();
  const codings = locals.flatMap((local, at) => withMapped(local, { isFirst: at === 0, cell, place }));
  const text =
    original ?? locals.find((local) => local.code === undefined && local.display !== undefined)?.display;
  return concept(codings, text);
};

function concept(codings: readonly JsonObject[], text: string | undefined): JsonObject | undefined {
  if (codings.length === 0 && text === undefined) return undefined;
  return { ...(codings.length === 0 ? {} : { coding: codings }), ...(text === undefined ? {} : { text }) };
}

function withMapped(
  local: LocalCoding,
  { isFirst, cell, place }: { readonly isFirst: boolean; readonly cell: Cell; readonly place: Place },
): readonly JsonObject[] {
  if (local.code === undefined) return [];
  const mapped = mappedCode(local.code, local.system, place);
  if (mapped === undefined && isFirst && isMappable(place)) {
    place.conversion.remark('unmapped-code', cell.path, place.type);
  }
  const own = coding({ ...local, system: local.system ?? tableSystem(mapped, place) });
  if (mapped === undefined) return [own];
  const isSame = mapped.code === local.code && (own['system'] ?? mapped.system) === mapped.system;
  return isSame ? [{ ...coding(mapped), ...own }] : [own, coding(mapped)];
}

/** Whether an unknown code is worth an issue: the table has any entries. */
function isMappable({ row, conversion }: Place): boolean {
  const table = row.codes === undefined ? undefined : conversion.tables.codes[row.codes];
  return table !== undefined && Object.keys(table).length > 0;
}

/** A code that the field's HL7 table knows is of that table, also where the sender named no system. */
function tableSystem(mapped: TableCode | undefined, { row }: Place): string | undefined {
  const isOfTable = mapped !== undefined && row.table !== undefined;
  return isOfTable ? `http://terminology.hl7.org/CodeSystem/v2-${row.table}` : undefined;
}

function localCoding(cell: Cell, [code, text, system, version, oid]: CodingParts, place: Place): LocalCoding {
  const [coded, display] = [cell.at(code).value(), cell.at(text).value()];
  if (coded === undefined) return { system: undefined, version: undefined, code: coded, display };
  const named = codingSystem(cell.at(system).value(), place.conversion.sender);
  const isLocal = named === undefined || named.startsWith('urn:id:');
  const known = isLocal ? codingSystem(cell.at(oid).value(), place.conversion.sender) : undefined;
  return { system: known ?? named, version: cell.at(version).value(), code: coded, display };
}

/** A FHIR Coding of what is there. */
export function coding(parts: Partial<LocalCoding> & { readonly system?: string | undefined }): JsonObject {
  const { system, version, code, display } = parts;
  return {
    ...(system === undefined ? {} : { system }),
    ...(version === undefined ? {} : { version }),
    ...(code === undefined ? {} : { code }),
    ...(display === undefined ? {} : { display }),
  };
}

/** What a code means: by the sender's own maps, else by the row's table. */
export function mappedCode(code: string, system: string | undefined, place: Place): TableCode | undefined {
  const { sender, tables } = place.conversion;
  const { table, codes } = place.row;
  const names = [system, table === undefined ? undefined : `HL7${table}`].filter(
    (name) => name !== undefined,
  );
  for (const name of names) {
    const own = ownEntry(sender.codeMaps, name);
    const found = own === undefined ? undefined : ownEntry(own, code);
    if (found !== undefined) {
      const { display, ...rest } = found;
      return display === undefined ? rest : { ...rest, display };
    }
  }
  const map: CodeTable = codes === undefined ? {} : (tables.codes[codes] ?? {});
  return ownEntry(map, code) ?? ownEntry(map, code.toUpperCase());
}

/** CWE as a single Coding: what the maps make of it, else as sent. */
export const codingOf: DatatypeMap = (cell, place) => {
  const local = localCoding(cell, PRIMARY, place);
  if (local.code === undefined) return undefined;
  const mapped = mappedCode(local.code, local.system, place);
  if (mapped !== undefined) return coding({ ...mapped, display: mapped.display ?? local.display });
  if (isMappable(place)) place.conversion.remark('unmapped-code', cell.path, place.type);
  return coding(local);
};

/** CWE, ID or IS as a FHIR code. Without a map for it there is none, and an issue. */
export const codeOf: DatatypeMap = (cell, place) => {
  const first = cell.at(1);
  const code = first.value();
  if (code === undefined) return undefined;
  const mapped = mappedCode(code, codingSystem(cell.at(3).value(), place.conversion.sender), place);
  if (mapped === undefined) place.conversion.remark('unmapped-code', first.path, place.type);
  return mapped?.code;
};

/** ID or IS as CodeableConcept: its only component is the code. */
export const conceptOfCode: DatatypeMap = (cell, place) => {
  const code = cell.value();
  const local = { system: undefined, version: undefined, code, display: undefined };
  return concept(withMapped(local, { isFirst: true, cell, place }), undefined);
};

/** ID or IS as Coding of the row's table. */
export const codingOfTable: DatatypeMap = (cell, place) => {
  const code = cell.value();
  if (code === undefined) return undefined;
  const mapped = mappedCode(code, undefined, place);
  return coding(mapped ?? { code });
};

/** The text of a CWE: original text, else the code's text, else the code. */
export const textOfCode: DatatypeMap = (cell) =>
  cell.at(9).value() ?? cell.at(2).value() ?? cell.at(1).value();

/** The first component as it stands. */
export const codeText: DatatypeMap = (cell) => cell.at(1).value();

/** `Y` and `N` of table 0136 as boolean. */
export const booleanOf: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value()?.toUpperCase();
  if (value === undefined) return undefined;
  const known: Readonly<Record<string, JsonValue>> = {
    Y: true,
    YES: true,
    TRUE: true,
    N: false,
    NO: false,
    FALSE: false,
  };
  const found = ownEntry(known, value);
  if (found === undefined) place.conversion.remark('unmapped-code', cell.path, place.type);
  return found;
};

/** What a code means by a named table. */
export function mappedBy(codes: string, code: string, place: Place): TableCode | undefined {
  return mappedCode(code, undefined, { ...place, row: { ...place.row, codes } });
}

/** What the code in a cell means by a named table; an issue where that does not know it. */
export function mappedAt(cell: Cell, codes: string, place: Place): TableCode | undefined {
  const code = cell.value();
  if (code === undefined) return undefined;
  const mapped = mappedBy(codes, code, place);
  if (mapped === undefined) place.conversion.remark('unmapped-code', cell.path, place.type);
  return mapped;
}

/** A code of a named table as Coding; as it stands where the table does not know it. */
export function codeOfTable(code: string, codes: string, place: Place): JsonObject {
  return coding(mappedBy(codes, code, place) ?? { code });
}
