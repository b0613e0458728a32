import type { Pool } from 'pg';

/**
 * Sessions without close record whose lock nobody holds: their gateways are gone, or lost their connection and appended
 * nothing since. The lock itself is not touched, so that a gateway that comes back finds it free.
 */
export async function unheldSessions(pool: Pool, tenant: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select s.id from gateway_session s where s.tenant = $1 and s.closed is null and not exists (
       select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 1
         and l.database = (select oid from pg_database where datname = current_database())
         and (l.classid::bigint << 32 | l.objid::bigint)
           = hashtextextended('gateway-session ' || s.tenant || ' ' || s.id, 0))
     order by s.id limit 500`,
    [tenant],
  );
  return rows.map(({ id }) => id);
}
