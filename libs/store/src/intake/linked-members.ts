import type { Pool } from 'pg';
import { z } from 'zod';
import { parseStrict } from '#digest';
import { isObject } from '#fhir';
import { featuresOf, type Member, type PatientFeatures } from '#identity';
import type { ApplyContext } from '../apply/apply-context.js';
import { checkLink, LINK_COLUMNS, LINK_ROW } from '../apply/links.js';
import { boundKeysOf, type BoundKeysOptions } from './bound-keys.js';
import type { StoredVersions } from './stored-versions.js';

/** A link, with the version of its person as the same statement saw it. */
const SEEN_LINKS = z.array(LINK_ROW.extend({ version: z.bigint() }));
type SeenLink = z.infer<typeof SEEN_LINKS>[number];

/** Patients whose persons are judged, and what this rests on. */
export interface LinkedMembers {
  readonly members: readonly Member[];
  /** Versions of their persons. */
  readonly persons: ReadonlyMap<string, bigint>;
  /** Versions of those that are judged as they are stored; `null` where none is, or a deleted one. */
  readonly versions: readonly { readonly patient: string; readonly versionId: string | null }[];
}

/**
 * Patients, and everybody else who is of one of their persons.
 * @param news features of those that are written, as they will be
 * @throws `integrity-failure` where a stored row was changed
 */
export async function linkedMembers(
  options: BoundKeysOptions & { readonly stored: StoredVersions },
  patients: readonly string[],
  news: ReadonlyMap<string, PatientFeatures>,
): Promise<LinkedMembers> {
  const links = await linksAround(options, patients);
  const all = [...new Set([...patients, ...links.keys()])];
  const judged = all.filter((patient) => !news.has(patient));
  const stored = await options.stored.versionsOf(judged.map((id) => ({ type: 'Patient', id })));
  const features = new Map(stored.map(({ id, bytes }) => [id, featuresIn(bytes)]));
  const persons = new Map([...links.values()].map(({ person, version }) => [person, version]));
  // Nobody becomes one with somebody else of whom there is but one person.
  const keys = persons.size < 2 ? undefined : await boundKeysOf(options, all);
  const versionIds = new Map(stored.map(({ id, versionId }) => [id, versionId]));
  return {
    members: all.map((patient) => ({
      patient,
      person: links.get(patient)?.person,
      features: news.get(patient) ?? features.get(patient),
      changed: news.has(patient),
      confirmed: links.get(patient)?.grade === 'confirmed',
      keys: keys?.get(patient) ?? [],
    })),
    persons,
    versions: judged.map((patient) => ({ patient, versionId: versionIds.get(patient) ?? null })),
  };
}

/** The features of a stored Patient. */
export function featuresIn(bytes: Uint8Array): PatientFeatures | undefined {
  const patient = parseStrict(bytes);
  return isObject(patient) ? featuresOf(patient) : undefined;
}

/** The links of patients, and of everybody else who is of one of their persons; each checked. */
async function linksAround(
  { pool, context }: { readonly pool: Pool; readonly context: ApplyContext },
  patients: readonly string[],
): Promise<ReadonlyMap<string, SeenLink>> {
  const { rows } = await pool.query({
    name: 'links around patients',
    text: `select ${LINK_COLUMNS}, coalesce(pv.version, 0) as version from person_link l
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
