import type { ClientBase } from 'pg';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { SeenIdentities } from '../change.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { holdersOf } from './identifier-holders.js';

const PERSON_VERSIONS = z.array(z.object({ person: z.string(), version: z.bigint() }));
const PATIENT_VERSIONS = z.array(z.object({ id: z.string(), version_id: z.string() }));

type Seen = Recorded<SeenIdentities>;

/**
 * Refuses records whose links were judged by what is not so any more. Whoever judges by an identifier, a Patient or a person
 * is alone with it until the transaction ends, so that of two new Patients of one person the second one finds the first.
 * @throws `version-conflict`
 */
export async function checkSeen(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Seen[],
): Promise<void> {
  const names = changes.flatMap(namesOf);
  if (names.length === 0) {
    return;
  }
  // Locks of their own: rows of persons are locked last of all, and by others in another order.
  await client.query({
    name: 'lock identities',
    text: `select pg_advisory_xact_lock(u.key) from (
             select distinct hashtextextended($1 || ' ' || u, 0) as key from unnest($2::text[]) u order by 1) u`,
    values: [context.tenant, names],
  });
  await checkHolders(client, context, changes);
  await checkVersions(
    client,
    context,
    changes.flatMap((change) => change.versions),
  );
  await checkPersons(
    client,
    context,
    changes.flatMap((change) => change.persons),
  );
}

/** What a record needs for itself. Patients that it writes are named too: others judge by them. */
function namesOf({ identifiers, patients, versions, persons }: Seen): readonly string[] {
  return [
    ...identifiers.map((identifier) => JSON.stringify(identifier)),
    ...[...patients, ...versions.map(({ patient }) => patient)].map((patient) => `Patient/${patient}`),
    ...persons.map(({ person }) => person),
  ];
}

async function checkHolders(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Seen[],
): Promise<void> {
  const found = await holdersOf(
    client,
    context,
    changes.flatMap((change) => change.identifiers),
  );
  const holders = Map.groupBy(found, ({ system, code }) => JSON.stringify([system, code]));
  for (const change of changes) {
    const held = change.identifiers.flatMap((one) => holders.get(JSON.stringify(one)) ?? []);
    refuseUnless(held.every(({ id }) => change.patients.includes(id)));
  }
}

async function checkVersions(
  client: ClientBase,
  { tenant }: ApplyContext,
  seen: SeenIdentities['versions'],
): Promise<void> {
  if (seen.length === 0) {
    return;
  }
  const { rows } = await client.query({
    name: 'versions of patients',
    text: `select id, version_id from resource_version
           where tenant = $1 and type = 'Patient' and id = any($2) and current and not deleted`,
    values: [tenant, seen.map(({ patient }) => patient)],
  });
  const versions = new Map(PATIENT_VERSIONS.parse(rows).map((row) => [row.id, row.version_id]));
  refuseUnless(seen.every(({ patient, versionId }) => (versions.get(patient) ?? null) === versionId));
}

/** Records of one batch do not see each other's links: of two that concern one person each is tried by itself. */
async function checkPersons(
  client: ClientBase,
  { tenant }: ApplyContext,
  seen: SeenIdentities['persons'],
): Promise<void> {
  const persons = seen.map(({ person }) => person);
  refuseUnless(new Set(persons).size === persons.length);
  if (persons.length === 0) {
    return;
  }
  const { rows } = await client.query({
    name: 'versions of persons',
    text: 'select person, version from person_version where tenant = $1 and person = any($2::uuid[])',
    values: [tenant, persons],
  });
  const versions = new Map(PERSON_VERSIONS.parse(rows).map(({ person, version }) => [person, version]));
  refuseUnless(seen.every(({ person, version }) => (versions.get(person) ?? 0n) === version));
}

function refuseUnless(holds: boolean): void {
  if (!holds) {
    throw new GatewayError('version-conflict', { details: 'Who is who changed meanwhile.' });
  }
}
