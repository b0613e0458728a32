import { auditSome } from '../audit/audit-records.js';
import type { SaidSubject } from '../audit/audit-subjects.js';
import type { CounterFinding } from '../audit/finding.js';
import { RecordEvidence } from '../audit/record-evidence.js';
import type { SampleFinding, Snapshot } from './sample-options.js';

/** How far back a person's numbers are looked at. */
const NUMBERS = 32;

/** The newest records: no number of a gateway or of a person is missing among them, and the counters know the last. */
export async function newestRecords(snapshot: Snapshot, count: bigint): Promise<readonly SampleFinding[]> {
  const { size } = snapshot.head;
  const from = size > count ? size - count : 0n;
  const indexes = Array.from({ length: Number(size - from) }, (_, at) => from + BigInt(at));
  const evidence = new RecordEvidence('some');
  const said = await auditSome({ ...snapshot, size }, evidence, indexes);
  const gaps = [...evidence.gateways.missing].map(([gateway, seq]): CounterFinding => {
    return { kind: 'gateway-gap', gateway, seq };
  });
  return [
    ...evidence.findings,
    ...gaps,
    ...(await wrongSessions(snapshot, evidence)),
    ...(await subjectGaps(snapshot, said)),
  ];
}

/** Sessions whose row does not know their last number. */
async function wrongSessions(
  { pool, tenant }: Snapshot,
  { gateways }: RecordEvidence,
): Promise<readonly CounterFinding[]> {
  const { rows } = await pool.query<{ id: string; last_seq: bigint }>(
    'select id, last_seq from gateway_session where tenant = $1 and id = any($2)',
    [tenant, [...gateways.last.keys()]],
  );
  const stored = new Map(rows.map(({ id, last_seq: seq }) => [id, seq]));
  return [...gateways.last]
    .filter(([gateway, seq]) => stored.get(gateway) !== seq)
    .map(([gateway]) => ({ kind: 'session-altered', gateway }));
}

/** The newest numbers of persons, up to the one that the counter gave out last. */
async function subjectGaps(
  { pool, tenant }: Snapshot,
  said: readonly SaidSubject[],
): Promise<readonly CounterFinding[]> {
  const last = new Map<string, bigint>();
  for (const { person, seq } of said) if (seq > (last.get(person) ?? 0n)) last.set(person, seq);
  const { rows } = await pool.query<{ person: string; missing: bigint | null; behind: boolean }>(
    `select u.person, u.seq > coalesce(c.next - 1, 0) as behind,
       (select min(n) from generate_series(greatest(1, u.seq - ${NUMBERS}), greatest(u.seq, c.next - 1)) n
        where not exists (select from log_subject s
          where s.tenant = $1 and s.person = u.person and s.subject_seq = n)) as missing
     from unnest($2::uuid[], $3::bigint[]) u (person, seq)
     left join subject_counter c on c.tenant = $1 and c.person = u.person`,
    [tenant, [...last.keys()], [...last.values()]],
  );
  return rows.flatMap(({ person, missing, behind }): CounterFinding[] => [
    ...(behind ? [{ kind: 'counter-altered', person } as const] : []),
    ...(missing === null ? [] : [{ kind: 'subject-gap', person, seq: missing } as const]),
  ]);
}
