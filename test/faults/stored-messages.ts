import { Client } from 'pg';
import { z } from 'zod';

const shape = z.object({
  states: z.record(z.string(), z.coerce.number()).nullable(),
  kept: z.array(z.string()).nullable(),
  records: z.coerce.number(),
  observations: z.coerce.number(),
  versions: z.coerce.number(),
});

/** What the database holds of messages and of what they became, seen by somebody with full rights. */
export interface StoredMessages {
  /** How many messages are in which state. */
  readonly states: Readonly<Record<string, number>>;
  /** Control ids in the inbox, once for each row. */
  readonly kept: readonly string[];
  /** Log records that messages of the inbox point to, each counted once. */
  readonly records: number;
  /** Observations, and all versions of them. */
  readonly observations: number;
  readonly versions: number;
}

/** Looks into a database: messages whose control id begins with `prefix`, and all Observations. */
export async function storedMessages(url: string, prefix: string): Promise<StoredMessages> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({
      text: `with m as (select * from proviso.inbox where control_id like $1 || '%'),
               v as (select id from proviso.resource_version where type = 'Observation')
             select (select jsonb_object_agg(state, n) from (select state, count(*) n from m group by state) s) as states,
               (select array_agg(control_id) from m) as kept,
               (select count(distinct record_id) from m) as records,
               (select count(distinct id) from v) as observations, (select count(*) from v) as versions`,
      values: [prefix],
    });
    const [found] = z.tuple([shape]).parse(rows);
    return { ...found, states: found.states ?? {}, kept: found.kept ?? [] };
  } finally {
    await client.end();
  }
}
