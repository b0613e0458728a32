import type { ServePermit } from '#consent';
import type { SearchRequest } from '#fhir';
import type { Page, Stored } from '#store';
import type { Found } from './exchange.js';
import type { Parts } from './parts.js';

/** Patients whose ids an answer adds, apart from those that it shows anyway. */
export type LinkedPatients = Pick<Page, 'rows' | 'sawPosition' | 'sawVersions'>;

/** The Patients to which links would be added: an id tells of a record, so each is looked at as if it were to leave. */
export async function linkedPatients(
  { permit, rows, sawPosition }: Pick<Found, 'rows' | 'sawPosition'> & { readonly permit: ServePermit },
  parts: Parts,
): Promise<LinkedPatients> {
  const shown = new Set(rows.filter(isCurrentPatient).map(({ id }) => id));
  const ids = new Set(rows.flatMap(({ linked }) => linked).filter((id) => !shown.has(id)));
  if (ids.size === 0) return { rows: [], sawPosition, sawVersions: new Map() };
  return parts.resources.search(permit, byIds([...ids]));
}

/** A row with those of its links that lead to one of the Patients, all of them judged, of the very same person. */
export function linkedAmong(row: Stored, patients: readonly Stored[]): Stored {
  if (row.linked.length === 0) return row;
  const person = personOf(row);
  const same = new Set(
    patients.flatMap((one) => (isCurrentPatient(one) && personOf(one) === person ? [one.id] : [])),
  );
  return { ...row, linked: person === undefined ? [] : row.linked.filter((id) => same.has(id)) };
}

function isCurrentPatient({ type, current, deleted }: Stored): boolean {
  return type === 'Patient' && current && !deleted;
}

/** The person of a Patient. Every link of a row was checked when it was read. */
function personOf({ id, patients }: Stored): string | undefined {
  return patients.find(({ patient }) => patient === id)?.person;
}

function byIds(ids: readonly string[]): SearchRequest {
  return {
    type: 'Patient',
    criteria: [
      {
        param: '_id',
        modifier: undefined,
        values: ids.map((code) => ({ kind: 'token', system: undefined, code })),
      },
    ],
    sort: [{ param: '_id', descending: false }],
    count: ids.length,
    cursor: undefined,
    total: 'none',
    summary: 'false',
    patients: ids,
    used: [],
  };
}
