import { z } from 'zod';
import { sha256 } from '#digest';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import { checkLink, LINK_ROW, type LinkRow } from '../apply/links.js';
import { BYTES, TIME } from '../column-shapes.js';
import type { Owners, Stored } from '../resource-store.js';
import { factsOfRow, versionMacRow } from '../version-row.js';

const LIST = z.array(z.string());

/** A link as the compiled statements give it, beside its patient. */
const LINK = z.object({
  person: LINK_ROW.shape.person,
  grade: LINK_ROW.shape.grade,
  from: TIME,
  record: LINK_ROW.shape.record_id,
  mac: z.string().transform((hex): Uint8Array => Buffer.from(hex, 'hex')),
});

/** The patients of a version as the compiled statements give them; without links where persons are of no use. */
const PATIENTS = z.array(
  z.object({
    patient: z.string(),
    role: z.enum(['subject', 'other']),
    link: LINK.nullish(),
    version: z.string().transform(BigInt).nullish(),
  }),
);
type Patient = z.infer<typeof PATIENTS>[number];

/** The columns of a version in an answer's row. */
const VERSION = z.object({
  type: z.string(),
  id: z.string(),
  version_id: z.string(),
  seq: z.bigint(),
  current: z.boolean(),
  deleted: z.boolean(),
  digest: BYTES,
  canon: BYTES,
  mac: BYTES,
  last_updated: TIME,
  source: z.string(),
  codes: LIST,
  labels: LIST,
  label_rules: z.string(),
  authors: LIST,
  related: LIST,
  targets: LIST,
  time_lo: TIME,
  time_hi: TIME,
  time_known: z.boolean(),
  record_id: z.string(),
  patients: PATIENTS,
});

const SERVED = VERSION.extend({ bytes: BYTES, linked: LIST.nullish() });

/** Patients of the current version, beside a history. */
const OWNERS = z.object({ owners: PATIENTS.nullable() });

/** What every compiled statement gives, also where nothing matched. */
const SAW = z.object({ saw_position: z.bigint(), id: z.string().nullable() });

/** A version and who its patients are, from one row of an answer. */
export interface AnswerRow {
  readonly stored: Stored;
  readonly seq: bigint;
  /** Versions of the rules of its persons, as the statement saw them. */
  readonly versions: readonly (readonly [person: string, version: bigint])[];
}

/** The position of the projection that the statement saw, and whether the row holds a version. */
export function sawOf(row: unknown): { readonly position: bigint; readonly empty: boolean } {
  const { saw_position: position, id } = SAW.parse(row);
  return { position, empty: id === null };
}

/**
 * Reads a row and checks that it is as it was written: bytes by their digest, everything else by its MAC, and by theirs the
 * links that say who its persons are.
 * @throws `integrity-failure` with `Type/id/version`, or with the link
 */
export function readAnswerRow(context: ApplyContext, row: unknown): AnswerRow {
  const version = SERVED.parse(row);
  const { mac, seq, current, bytes, patients, linked, ...facts } = version;
  const name = `${version.type}/${version.id}/${version.version_id}`;
  context.mac.check(
    'resource_version',
    versionMacRow({ ...facts, tenant: context.tenant }, patients),
    mac,
    name,
  );
  if (Buffer.compare(sha256(bytes), version.digest) !== 0) {
    throw new GatewayError('integrity-failure', { details: name });
  }
  for (const link of linksOf(context, patients)) checkLink(context.mac, link);
  return {
    stored: {
      type: version.type,
      id: version.id,
      versionId: version.version_id,
      deleted: version.deleted,
      current,
      bytes,
      digest: version.digest,
      canon: version.canon,
      lastUpdatedMs: version.last_updated,
      facts: factsOfRow({ ...facts, tenant: context.tenant }),
      patients: patients.map(({ patient, role, link }) => ({ patient, role, person: link?.person })),
      linked: linked ?? [],
    },
    seq,
    versions: patients.flatMap(({ link, version: rules }) =>
      link === null || link === undefined ? [] : [[link.person, rules ?? 0n]],
    ),
  };
}

/** The links of patients as they were written. */
function linksOf({ tenant }: ApplyContext, patients: readonly Patient[]): readonly LinkRow[] {
  return patients.flatMap(({ patient, link }) => {
    if (link === null || link === undefined) return [];
    const { person, grade, from, record, mac } = link;
    return [{ tenant, patient, person, grade, from_time: from, until_time: null, record_id: record, mac }];
  });
}

/**
 * The owners of a version that stays hidden. MACs are computed as for one that is served, so that both take the same
 * time; a fault is not told, since it would tell that there is something.
 */
export function ownersOf(context: ApplyContext, row: unknown): Owners {
  const { mac: _mac, seq: _seq, current: _current, patients, ...facts } = VERSION.parse(row);
  context.mac.of('resource_version', versionMacRow({ ...facts, tenant: context.tenant }, patients));
  for (const link of linksOf(context, patients)) context.mac.of('person_link', link);
  return personsOf(patients);
}

/** The owners of a resource of which no version is visible; nobody where there is none. */
export function ownersOfHistory(row: unknown): Owners {
  return personsOf(OWNERS.parse(row).owners ?? []);
}

function personsOf(patients: readonly Patient[]): Owners {
  const persons = patients.flatMap(({ patient, link }) =>
    link === null || link === undefined ? [] : [{ patient, person: link.person }],
  );
  return { persons };
}
