import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import {
  type AppendItem,
  buildRecord,
  type KeyVault,
  type RecordSigner,
  type SealableRecord,
} from '#provenance';
import type { RowChange } from '../change.js';

/** A part as it is stored. */
export interface SealedPart {
  readonly part: string;
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

/** A record that is ready to be written: everything but its index. */
export interface SealedRecord {
  readonly recordId: string;
  readonly entry: Uint8Array;
  readonly leaf: Uint8Array;
  readonly parts: readonly SealedPart[];
  readonly subjects: readonly { readonly person: string; readonly seq: bigint }[];
}

/** Who builds and encrypts. */
export interface Sealing {
  readonly vault: KeyVault;
  readonly signer: RecordSigner;
  /** The session's id, as records name the gateway. */
  readonly gateway: string;
  /** The last number that the session gave. */
  readonly lastSeq: bigint;
}

/** The row that a part's ciphertext is bound to: the record, since its index is given later. */
export function partRow(recordId: string, part: string): string {
  return `log_private/${recordId}/${part}`;
}

/** Subject numbers of each item, in the order of its record's subjects; 0 where a subject is nobody. */
export type SubjectNumbers = readonly (readonly bigint[])[];

/**
 * Takes the next numbers of every person in the batch. The rows stay locked until the transaction ends; they are
 * taken in the order of their ids, so that two gateways cannot deadlock.
 */
export async function takeSubjectNumbers(
  client: PoolClient,
  tenant: string,
  records: readonly SealableRecord[],
): Promise<SubjectNumbers> {
  const counts = new Map<string, bigint>();
  for (const { subjects } of records) {
    for (const { person } of subjects) if (person) counts.set(person, (counts.get(person) ?? 0n) + 1n);
  }
  const next = await advanceCounters(client, tenant, counts);
  const number = (person: string | undefined): bigint => {
    if (person === undefined) return 0n;
    const taken = next.get(person) ?? 0n;
    next.set(person, taken + 1n);
    return taken;
  };
  return records.map(({ subjects }) => subjects.map(({ person }) => number(person)));
}

/** @returns the first number taken for each person */
async function advanceCounters(
  client: PoolClient,
  tenant: string,
  counts: ReadonlyMap<string, bigint>,
): Promise<Map<string, bigint>> {
  if (counts.size === 0) return new Map();
  const { rows } = await client.query<{ person: string; next: bigint }>({
    name: 'log-counters',
    text: `insert into subject_counter as c (tenant, person, next)
           select $1, p.person, p.count + 1 from unnest($2::uuid[], $3::bigint[]) p (person, count) order by p.person
           on conflict (tenant, person) do update set next = c.next + excluded.next - 1
           returning person, next`,
    values: [tenant, [...counts.keys()], [...counts.values()]],
  });
  return new Map(rows.map(({ person, next }) => [person, next - (counts.get(person) ?? 0n)]));
}

/** Builds each record under the next numbers and encrypts its parts. */
export function sealRecords(
  items: readonly AppendItem<RowChange>[],
  numbers: SubjectNumbers,
  sealing: Sealing,
): Promise<readonly SealedRecord[]> {
  return Promise.all(
    items.map(({ record }, at) => {
      const gatewaySeq = sealing.lastSeq + BigInt(at) + 1n;
      return sealRecord(record, { gatewaySeq, subjectSeqs: numbers[at] ?? [] }, sealing);
    }),
  );
}

async function sealRecord(
  record: SealableRecord,
  numbers: { readonly gatewaySeq: bigint; readonly subjectSeqs: readonly bigint[] },
  { vault, signer, gateway }: Sealing,
): Promise<SealedRecord> {
  const built = buildRecord(record, { gateway, ...numbers }, randomBytes, signer);
  const parts = await Promise.all(
    built.parts.map(async ({ part, scope, plain }) => ({
      part,
      ...(await vault.wrap(scope, plain, partRow(record.op.id, part))),
    })),
  );
  const subjects = record.subjects.flatMap(({ person }, at) =>
    person === undefined ? [] : [{ person, seq: numbers.subjectSeqs[at] ?? 0n }],
  );
  return { recordId: record.op.id, entry: built.entry, leaf: built.leaf, parts, subjects };
}
