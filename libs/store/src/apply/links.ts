import type { ClientBase } from 'pg';
import { z } from 'zod';
import { BYTES, TIME } from '../column-shapes.js';
import { GatewayError } from '#outcome';
import type { RowChange } from '../change.js';
import { insertRows, updateRows, type Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';
import { markApart, type Parted } from './apart.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { followPatients, nobodyOf } from './follow-patients.js';

/** A row of `person_link`. */
export interface LinkRow {
  readonly tenant: string;
  readonly patient: string;
  readonly person: string;
  readonly grade: 'certain' | 'confirmed';
  readonly from_time: number;
  readonly until_time: number | null;
  readonly record_id: string;
  readonly mac: Uint8Array;
}

/** The columns of a link, as read. */
export const LINK_ROW = z.object({
  tenant: z.string(),
  patient: z.string(),
  person: z.string(),
  grade: z.enum(['certain', 'confirmed']),
  from_time: TIME,
  until_time: TIME.nullable(),
  record_id: z.string(),
  mac: BYTES,
});

export const LINK_ROWS = z.array(LINK_ROW);
/** How a query reads the row, of an alias `l`. */
export const LINK_COLUMNS =
  'l.tenant, l.patient, l.person, l.grade, l.from_time, l.until_time, l.record_id, l.mac';

const LINKS: Table<LinkRow> = {
  name: 'person_link',
  columns: {
    tenant: 'text',
    patient: 'text',
    person: 'uuid',
    grade: 'text',
    from_time: 'timestamptz',
    until_time: 'timestamptz',
    record_id: 'uuid',
    mac: 'bytea',
  },
};
const LINK_ENDS: Table<Pick<LinkRow, 'tenant' | 'patient' | 'from_time' | 'until_time' | 'mac'>> = {
  name: 'person_link',
  columns: {
    tenant: 'text',
    patient: 'text',
    from_time: 'timestamptz',
    until_time: 'timestamptz',
    mac: 'bytea',
  },
};
const PERSONS: Table<{ tenant: string; id: string; created: number }> = {
  name: 'person',
  columns: { tenant: 'text', id: 'uuid', created: 'timestamptz' },
  conflict: 'on conflict do nothing',
};

type Link = Recorded<Extract<RowChange, { kind: 'link' }>>;
type Unlink = Recorded<Extract<RowChange, { kind: 'unlink' }>>;

/** Checks a link's MAC. @throws `integrity-failure` */
export function checkLink(mac: RowMac, row: LinkRow): void {
  mac.check('person_link', row, row.mac, `person_link/${row.patient}`);
}

/** Rows of `LINK_COLUMNS`, each checked. @throws `integrity-failure` */
export function checkedLinks({ mac }: ApplyContext, rows: readonly unknown[]): readonly LinkRow[] {
  const links = LINK_ROWS.parse(rows);
  for (const link of links) {
    checkLink(mac, link);
  }
  return links;
}

/**
 * Opens and ends links in the order of `changes`. A patient has one person at a time. The rules of her Consents follow her.
 * @param others patients whose links the transaction needs later: all are taken at once
 * @returns the persons whose set of patients or rules changed.
 * @throws `version-conflict` where a patient that has a person is linked to another without an unlink before.
 */
export async function applyLinks(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly (Link | Unlink)[],
  others: readonly { readonly patient: string }[],
): Promise<readonly string[]> {
  if (changes.length === 0) {
    return [];
  }
  const open = await openLinks(client, context, [...changes, ...others]);
  const turned = turnLinks(context, open, changes);
  const made = [...turned.made.values()];
  await write(client, context, made, turned.ended);
  await markApart(client, context, partedBy(turned, changes));
  const gone = turned.ended.map(({ patient }): [string, string | undefined] => [patient, undefined]);
  const now = new Map([...gone, ...made.map(({ patient, person }): [string, string] => [patient, person])]);
  const ruled = await followPatients(client, context, now);
  return [...[...made, ...turned.ended].map(({ person }) => person), ...ruled];
}

/** Links as changes turned them. */
interface TurnedLinks {
  readonly made: ReadonlyMap<string, LinkRow>;
  readonly ended: readonly LinkRow[];
}

function turnLinks(
  context: ApplyContext,
  open: Map<string, LinkRow>,
  changes: readonly (Link | Unlink)[],
): TurnedLinks {
  const made = new Map<string, LinkRow>();
  const ended: LinkRow[] = [];
  for (const change of changes) {
    const before = made.get(change.patient) ?? open.get(change.patient);
    if (change.kind === 'unlink') {
      end(change, before);
    } else if (before === undefined) {
      made.set(change.patient, linkRow(context, change));
    } else if (before.person !== change.person) {
      throw new GatewayError('version-conflict', {
        details: `Patient/${change.patient} has a person already.`,
      });
    }
  }
  return { made, ended };

  function end(change: Unlink, before: LinkRow | undefined): void {
    if (before !== undefined && !made.delete(change.patient)) {
      open.delete(change.patient);
      ended.push(sealLink(context, { ...before, until_time: change.atMs }));
    }
  }
}

/** Patients whom a person's word took from the person that they were of. */
function partedBy({ made, ended }: TurnedLinks, changes: readonly (Link | Unlink)[]): readonly Parted[] {
  return changes.flatMap((change) => {
    const before = ended.find(({ patient }) => patient === change.patient);
    if (change.kind !== 'unlink' || change.automatic === true || before === undefined) {
      return [];
    }
    const { patient, atMs, recordId } = change;
    return [{ patient, from: before.person, to: made.get(patient)?.person, atMs, recordId }];
  });
}

/** The links of patients that are in force, held until the transaction ends, taken in order; each checked. */
async function openLinks(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly { readonly patient: string }[],
): Promise<Map<string, LinkRow>> {
  const { rows } = await client.query({
    name: 'open links',
    text: `select ${LINK_COLUMNS} from person_link l
           where l.tenant = $1 and l.patient = any($2) and l.until_time is null order by l.patient for update`,
    values: [context.tenant, changes.map(({ patient }) => patient)],
  });
  return new Map(checkedLinks(context, rows).map((link) => [link.patient, link]));
}

/**
 * Tells whom the rules of a patient's Consents bind now, and holds the links until the transaction ends. Whoever changed a
 * link while we waited for it left an ended one; the link that came in its place is there for the next statement.
 */
export async function personsNow(
  client: ClientBase,
  context: ApplyContext,
  patients: readonly { readonly patient: string }[],
): Promise<(of: { readonly patient: string }) => string> {
  const links = await openLinks(client, context, patients);
  const missing = patients.filter(({ patient }) => !links.has(patient));
  const later = missing.length === 0 ? undefined : await openLinks(client, context, missing);
  return ({ patient }) => (links.get(patient) ?? later?.get(patient))?.person ?? nobodyOf(patient);
}

async function write(
  client: ClientBase,
  context: ApplyContext,
  made: readonly LinkRow[],
  ended: readonly LinkRow[],
): Promise<void> {
  const { tenant } = context;
  await updateRows(client, LINK_ENDS, ['tenant', 'patient', 'from_time'], ended);
  await insertRows(
    client,
    PERSONS,
    made.map(({ person, from_time }) => ({ tenant, id: person, created: from_time })),
  );
  await insertRows(client, LINKS, made);
}

function linkRow(context: ApplyContext, change: Link): LinkRow {
  return sealLink(context, {
    tenant: context.tenant,
    patient: change.patient,
    person: change.person,
    grade: change.grade,
    from_time: change.atMs,
    until_time: null,
    record_id: change.recordId,
  });
}

function sealLink(context: ApplyContext, row: Omit<LinkRow, 'mac'>): LinkRow {
  return { ...row, mac: context.mac.of('person_link', row) };
}
