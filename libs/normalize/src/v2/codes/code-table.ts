/** What a code of an HL7 v2 table becomes. */
export interface TableCode {
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
}

/** A concept map: code of the HL7 v2 table → code in FHIR. A code that has no entry is not mapped. */
export type CodeTable = Readonly<Record<string, TableCode>>;

/** `[code, display, system]`; without a system that of the table. */
type Row = readonly [code: string, display?: string, system?: string];

/** A table by its rows. `system` counts for rows that name none. */
export function codeTable(system: string, rows: Readonly<Record<string, Row>>): CodeTable {
  return Object.fromEntries(
    Object.entries(rows).map(([from, [code, display, other]]) => [
      from,
      { system: other ?? system, code, ...(display !== undefined && display !== '' && { display }) },
    ]),
  );
}

/** A table whose codes stay what they are, by their displays. */
export function sameCodes(system: string, displays: Readonly<Record<string, string>>): CodeTable {
  return Object.fromEntries(
    Object.entries(displays).map(([code, display]) => [code, { system, code, display }]),
  );
}
