import type { ClientBase } from 'pg';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { SeenIdentities } from '../change.js';
import type { ApplyContext, Recorded } from './apply-context.js';

const HOLDERS = z.array(z.object({ system: z.string(), code: z.string(), id: z.string() }));
const VERSIONS = z.array(z.object({ person: z.string(), version: z.bigint() }));

type Seen = Recorded<SeenIdentities>;

/**
 * Refuses records whose links were judged by what is not so any more. Whoever judges by an identifier or a person is alone
 * with it until the transaction ends, so that of two new Patients of one person the second one finds the first.
 * @throws `version-conflict`
 */
export async function checkSeen(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Seen[],
): Promise<void> {
  const identifiers = changes.flatMap((change) => change.identifiers);
  const persons = changes.flatMap((change) => change.persons);
  if (identifiers.length + persons.length === 0) {
    return;
  }
  const names = [
    ...identifiers.map((identifier) => JSON.stringify(identifier)),
    ...persons.map(({ person }) => person),
  ];
  // Locks of their own: rows of persons are locked last of all, and by others in another order.
  await client.query({
    name: 'lock identities',
    text: `select pg_advisory_xact_lock(u.key) from (
             select distinct hashtextextended($1 || ' ' || u, 0) as key from unnest($2::text[]) u order by 1) u`,
    values: [context.tenant, names],
  });
  await checkHolders(client, context, changes);
  await checkPersons(client, context, persons);
}

async function checkHolders(
  client: ClientBase,
  { tenant }: ApplyContext,
  changes: readonly Seen[],
): Promise<void> {
  const identifiers = changes.flatMap((change) => change.identifiers);
  const { rows } = await client.query({
    name: 'holders of identifiers',
    text: `select distinct i.system, i.code, i.id from unnest($2::text[], $3::text[]) as u(system, code)
           join index_token i on i.tenant = $1 and i.type = 'Patient' and i.param = 'identifier'
             and i.code = u.code and i.system = u.system`,
    values: [tenant, identifiers.map(([system]) => system), identifiers.map(([, value]) => value)],
  });
  const holders = Map.groupBy(HOLDERS.parse(rows), ({ system, code }) => JSON.stringify([system, code]));
  for (const change of changes) {
    const held = change.identifiers.flatMap((one) => holders.get(JSON.stringify(one)) ?? []);
    refuseUnless(held.every(({ id }) => change.patients.includes(id)));
  }
}

/** Records of one batch do not see each other's links: of two that concern one person each is tried by itself. */
async function checkPersons(
  client: ClientBase,
  { tenant }: ApplyContext,
  seen: SeenIdentities['persons'],
): Promise<void> {
  const persons = seen.map(({ person }) => person);
  refuseUnless(new Set(persons).size === persons.length);
  const { rows } = await client.query({
    name: 'versions of persons',
    text: 'select person, version from person_version where tenant = $1 and person = any($2::uuid[])',
    values: [tenant, persons],
  });
  const versions = new Map(VERSIONS.parse(rows).map(({ person, version }) => [person, version]));
  refuseUnless(seen.every(({ person, version }) => (versions.get(person) ?? 0n) === version));
}

function refuseUnless(holds: boolean): void {
  if (!holds) {
    throw new GatewayError('version-conflict', { details: 'Who is who changed meanwhile.' });
  }
}
