import { type JsonValue, parseStrict } from '#digest';
import { isObject } from '#fhir';
import { GatewayError } from '#outcome';
import { indexRows, storedRows } from '#search';
import { INDEX_TABLES } from '../../apply/index-rows.js';
import type { Queryable } from '../head-row.js';
import type { VersionFinding } from './finding.js';

/** A version, as far as its index rows depend on it. */
export interface IndexedVersion {
  readonly type: string;
  readonly id: string;
  readonly current: boolean;
  readonly deleted: boolean;
  readonly bytes: Uint8Array;
}

/** A version's bytes as JSON; `undefined` where the bytes are no JSON: then none of their digests fits. */
export function parsedOf(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseStrict(bytes);
  } catch (cause) {
    if (cause instanceof GatewayError) return undefined;
    throw cause;
  }
}

/** The index rows of resources whose current version is among `versions`, against what their bytes give. */
export async function auditIndex(
  { pool, tenant }: { readonly pool: Queryable; readonly tenant: string },
  versions: readonly IndexedVersion[],
): Promise<readonly VersionFinding[]> {
  const current = versions.filter((version) => version.current);
  if (current.length === 0) return [];
  const findings: VersionFinding[] = [];
  for (const { name, columns, rows: rowsOf } of INDEX_TABLES) {
    const { rows } = await pool.query<{ type: string; id: string }>(
      `select i.* from unnest($2::text[], $3::text[]) u (type, id)
       join ${name} i on i.tenant = $1 and i.type = u.type and i.id = u.id`,
      [tenant, current.map(({ type }) => type), current.map(({ id }) => id)],
    );
    const stored = Map.groupBy(rows, ({ type, id }) => `${type}/${id}`);
    const names = ['param', ...Object.keys(columns)];
    for (const { type, id, deleted, bytes } of current) {
      const resource = deleted ? undefined : parsedOf(bytes);
      const given = isObject(resource) ? rowsOf(storedRows(type, indexRows(resource))) : [];
      const same = textOf(stored.get(`${type}/${id}`) ?? [], names) === textOf(given, names);
      if (!same) findings.push({ kind: 'index-altered', type, id, table: name });
    }
  }
  return findings;
}

/** Rows as one text that does not depend on their order. */
function textOf(rows: readonly object[], names: readonly string[]): string {
  const texts = rows.map((row) => {
    const cells = new Map(
      Object.entries(row).map(([name, value]: [string, unknown]) => [name, String(value)]),
    );
    return JSON.stringify(names.map((name) => cells.get(name)));
  });
  return texts.toSorted().join('\n');
}
