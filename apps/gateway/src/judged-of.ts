import type { Judged, ScopeTerm } from '#consent';
import { parseStrict } from '#digest';
import { isObject } from '#fhir';
import { fitsCriteria, indexRows, type IndexRows } from '#search';
import type { Stored } from '#store';

/** A version with the persons of its patients, stored or about to be. */
export type Judgeable = Pick<Stored, 'facts' | 'bytes'> & Pick<Judged, 'patients'>;

/** A version as the guard judges it. Its content is read only where a scope has granular parameters. */
export function judgedOf<Row extends Judgeable>(row: Row): Judged & { readonly row: Row } {
  let rows: IndexRows | undefined;
  const fits = (term: ScopeTerm) => {
    rows ??= indexRowsOf(row);
    return fitsCriteria(term.criteria, rows);
  };
  return { row, facts: row.facts, patients: row.patients, fits };
}

function indexRowsOf(row: Judgeable): IndexRows {
  const parsed = parseStrict(row.bytes);
  return indexRows(isObject(parsed) ? parsed : {});
}
