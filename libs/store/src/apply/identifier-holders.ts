import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { ApplyContext } from './apply-context.js';

/** Patients that are told of an identifier at most: one that more have is nobody's. */
export const HOLDERS_MAX = 100;

/** An identifier as it is indexed. */
export type Identifier = readonly [system: string, value: string];

const HOLDERS = z.array(z.object({ system: z.string(), code: z.string(), id: z.string() }));

/** Stored Patients that have one of the identifiers: of each `HOLDERS_MAX` at most, and one more where there are more. */
export async function holdersOf(
  client: { readonly query: ClientBase['query'] },
  { tenant }: ApplyContext,
  identifiers: readonly Identifier[],
): Promise<z.infer<typeof HOLDERS>> {
  if (identifiers.length === 0) {
    return [];
  }
  const { rows } = await client.query({
    name: 'holders of identifiers',
    text: `select u.system, u.code, i.id from unnest($2::text[], $3::text[]) as u(system, code)
           cross join lateral (
             select distinct t.id from index_token t where t.tenant = $1 and t.type = 'Patient'
               and t.param = 'identifier' and t.code = u.code and t.system = u.system limit $4) i`,
    values: [
      tenant,
      identifiers.map(([system]) => system),
      identifiers.map(([, value]) => value),
      HOLDERS_MAX + 1,
    ],
  });
  return HOLDERS.parse(rows);
}
