import { z } from 'zod';
import type { TestDatabase } from '../../libs/store/src/testing/test-database.js';

/** Takes everything out of a database, so that another system can begin in it. */
export async function emptyDatabase(database: TestDatabase): Promise<void> {
  const { rows } = await database.admin(
    `select string_agg(format('proviso.%I', tablename), ', ') as tables from pg_tables
     where schemaname = 'proviso' and tablename not like '%migration%'`,
  );
  const [row] = z.array(z.object({ tables: z.string() })).parse(rows);
  if (row !== undefined) await database.admin(`truncate ${row.tables}`);
}
