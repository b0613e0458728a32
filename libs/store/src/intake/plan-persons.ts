import type { Pool } from 'pg';
import { z } from 'zod';
import { parseStrict, type JsonObject } from '#digest';
import { isObject, textOf } from '#fhir';
import { featuresOf, regroup, type Member, type PatientFeatures } from '#identity';
import { apartAmong } from '../apply/apart.js';
import type { ApplyContext } from '../apply/apply-context.js';
import { checkLink, LINK_ROW } from '../apply/links.js';
import type { RowChange } from '../change.js';
import type { PatientMerge } from './delivery.js';
import type { StoredVersions } from './stored-versions.js';

/** How persons are found and made. */
export interface PersonOptions {
  readonly pool: Pool;
  readonly stored: StoredVersions;
  readonly context: ApplyContext;
  /** Identifier systems that give one number to one person for life. */
  readonly strongSystems: readonly string[];
  readonly newPerson: () => string;
  readonly nowMs: number;
}

/** How a delivery changes who is who. */
export interface PersonPlan {
  readonly changes: readonly RowChange[];
  /** Persons of the Patients concerned, as they will be. */
  readonly personOf: ReadonlyMap<string, string>;
}

type Identifier = readonly [system: string, value: string];

/**
 * The persons of Patients that are written or merged: see `regroup`. What it was judged by goes with the changes, so that
 * a record that others overtook is refused and planned anew.
 * @param written Patients as they will be
 */
export async function planPersons(
  options: PersonOptions,
  written: readonly JsonObject[],
  merges: readonly PatientMerge[],
): Promise<PersonPlan> {
  const news = new Map(written.map((patient) => [textOf(patient, 'id') ?? '', featuresOf(patient)]));
  const named = [...new Set([...news.keys(), ...merges.flatMap(({ from, into }) => [from, into])])];
  if (named.length === 0) {
    return { changes: [], personOf: new Map() };
  }
  const identifiers = [...news.values()].flatMap((features) => strongOf(options, features));
  const holders = await holdersOf(options, identifiers);
  const links = await linksAround(options, [...new Set([...named, ...holders])]);
  const members = await membersOf(options, [...new Set([...named, ...links.keys()])], { links, news });
  const apart = await apartAmong(
    options.pool,
    options.context,
    members.map(({ patient }) => patient),
  );
  const persons = regroup(members, {
    strongSystems: options.strongSystems,
    apart: (a, b) => apart.has(a < b ? `${a} ${b}` : `${b} ${a}`),
    newPerson: options.newPerson,
  });
  const moves = movesOf(options, members, persons);
  const versions = new Map([...links.values()].map(({ person, version }) => [person, version]));
  const seen = {
    kind: 'seen' as const,
    identifiers,
    patients: [...holders, ...named],
    persons: moves.length === 0 ? [] : [...versions].map(([person, version]) => ({ person, version })),
  };
  const isFree = seen.identifiers.length === 0 && seen.persons.length === 0;
  return { changes: isFree ? moves : [seen, ...moves], personOf: persons };
}

function strongOf({ strongSystems }: PersonOptions, { identifiers }: PatientFeatures): readonly Identifier[] {
  return identifiers.flatMap((identifier) => {
    const system = strongSystems.find((strong) => identifier.startsWith(`${strong}|`));
    return system === undefined ? [] : [[system, identifier.slice(system.length + 1)] as const];
  });
}

/** Stored Patients that have one of the identifiers. */
async function holdersOf(
  { pool, context }: PersonOptions,
  identifiers: readonly Identifier[],
): Promise<readonly string[]> {
  if (identifiers.length === 0) {
    return [];
  }
  const { rows } = await pool.query({
    name: 'patients by identifier',
    text: `select distinct i.id from unnest($2::text[], $3::text[]) as u(system, code)
           join index_token i on i.tenant = $1 and i.type = 'Patient' and i.param = 'identifier'
             and i.code = u.code and i.system = u.system`,
    values: [context.tenant, identifiers.map(([system]) => system), identifiers.map(([, value]) => value)],
  });
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }) => id);
}

/** A link, with the version of its person as the same statement saw it. */
const SEEN_LINKS = z.array(LINK_ROW.extend({ version: z.bigint() }));
type SeenLink = z.infer<typeof SEEN_LINKS>[number];

/** The links of patients, and of everybody else who is of one of their persons; each checked. */
async function linksAround(
  { pool, context }: PersonOptions,
  patients: readonly string[],
): Promise<ReadonlyMap<string, SeenLink>> {
  const { rows } = await pool.query({
    name: 'links around patients',
    text: `select l.*, coalesce(pv.version, 0) as version from person_link l
           left join person_version pv on pv.tenant = l.tenant and pv.person = l.person
           where l.tenant = $1 and l.until_time is null and l.person in (
             select person from person_link where tenant = $1 and patient = any($2) and until_time is null)`,
    values: [context.tenant, patients],
  });
  const links = SEEN_LINKS.parse(rows);
  for (const { version: _version, ...link } of links) {
    checkLink(context.mac, link);
  }
  return new Map(links.map((link) => [link.patient, link]));
}

async function membersOf(
  { stored }: PersonOptions,
  patients: readonly string[],
  given: {
    readonly links: ReadonlyMap<string, SeenLink>;
    readonly news: ReadonlyMap<string, PatientFeatures>;
  },
): Promise<readonly Member[]> {
  const others = patients.filter((patient) => !given.news.has(patient));
  const versions = await stored.versionsOf(others.map((id) => ({ type: 'Patient', id })));
  const features = new Map(
    versions.flatMap(({ id, bytes }) => {
      const patient = parseStrict(bytes);
      return isObject(patient) ? [[id, featuresOf(patient)] as const] : [];
    }),
  );
  return patients.map((patient) => ({
    patient,
    person: given.links.get(patient)?.person,
    features: given.news.get(patient) ?? features.get(patient),
    changed: given.news.has(patient),
    confirmed: given.links.get(patient)?.grade === 'confirmed',
  }));
}

/** Links from `members` to `persons`. */
function movesOf(
  { nowMs }: PersonOptions,
  members: readonly Member[],
  persons: ReadonlyMap<string, string>,
): readonly RowChange[] {
  return members.flatMap(({ patient, person: before }): readonly RowChange[] => {
    const person = persons.get(patient);
    if (person === undefined || person === before) {
      return [];
    }
    const made: RowChange = { kind: 'link', patient, person, grade: 'certain', atMs: nowMs };
    return before === undefined ? [made] : [{ kind: 'unlink', patient, atMs: nowMs, automatic: true }, made];
  });
}
