import type { ClientBase } from 'pg';
import type { ApplyContext } from './apply-context.js';

/** Tells whoever holds rule sets of these persons that they changed. Sorted, so that two writers cannot wait in a ring. */
export async function bumpPersons(
  client: ClientBase,
  context: ApplyContext,
  persons: readonly string[],
): Promise<void> {
  if (persons.length === 0) {
    return;
  }
  await client.query({
    name: 'bump persons',
    text: `insert into person_version (tenant, person, version)
           select $1, u, 1 from unnest($2::uuid[]) u order by u
           on conflict (tenant, person) do update set version = person_version.version + 1`,
    values: [context.tenant, [...new Set(persons)]],
  });
}
