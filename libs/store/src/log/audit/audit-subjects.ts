import type { Queryable } from '../head-row.js';
import type { AuditFinding, CounterFinding } from './finding.js';
import { NumberSeries } from './number-series.js';
import type { RecordEvidence } from './record-evidence.js';

const PAGE = 5_000;
const FIRST_PERSON = '00000000-0000-0000-0000-000000000000';

/** A person and number as a record's sub-entry says. */
export interface SaidSubject {
  readonly person: string;
  readonly seq: bigint;
  readonly index: bigint;
}

/** The rows that find a person's records, against what the records say. */
export async function auditSaid(
  { pool, tenant }: { readonly pool: Queryable; readonly tenant: string },
  said: readonly SaidSubject[],
): Promise<readonly CounterFinding[]> {
  if (said.length === 0) return [];
  const { rows } = await pool.query<{ person: string; subject_seq: bigint; idx: bigint }>(
    `select s.person, s.subject_seq, s.idx from unnest($2::uuid[], $3::bigint[]) u (person, seq)
     join log_subject s on s.tenant = $1 and s.person = u.person and s.subject_seq = u.seq`,
    [tenant, said.map(({ person }) => person), said.map(({ seq }) => seq)],
  );
  const stored = new Set(rows.map((row) => `${row.person} ${row.subject_seq} ${row.idx}`));
  return said
    .filter(({ person, seq, index }) => !stored.has(`${person} ${seq} ${index}`))
    .map(({ index }) => ({ kind: 'subject-row-altered', index }));
}

/** Each person's numbers: none is missing, and they stand in the order of the log; the counters know the last. */
export async function auditSubjects(
  { pool, tenant, size }: { readonly pool: Queryable; readonly tenant: string; readonly size: bigint },
  evidence: RecordEvidence,
): Promise<readonly AuditFinding[]> {
  const findings: AuditFinding[] = [];
  const numbers = new NumberSeries();
  const perRecord = new Map<bigint, number>();
  const places = new Map<string, bigint>();
  for await (const { person, seq, index } of subjectRows(pool, tenant)) {
    numbers.take(person, seq);
    const before = places.get(person) ?? -1n;
    if (index < before || index >= size) findings.push({ kind: 'subject-row-altered', index });
    places.set(person, index);
    perRecord.set(index, (perRecord.get(index) ?? 0) + 1);
  }
  for (const [index, count] of perRecord) {
    const lost = index < size && count > evidence.subPartsOf(index);
    if (lost) findings.push({ kind: 'part-missing', index, part: 'sub' });
  }
  for (const [person, seq] of numbers.missing) findings.push({ kind: 'subject-gap', person, seq });
  const { rows } = await pool.query<{ person: string; next: bigint }>(
    'select person, next from subject_counter where tenant = $1',
    [tenant],
  );
  const counters = new Map(rows.map(({ person, next }) => [person, next - 1n]));
  const persons = differences(counters, numbers.last);
  return [...findings, ...persons.map((person) => ({ kind: 'counter-altered', person }) as const)];
}

/** Gateway sessions against the numbers that the records have. */
export async function auditSessions(
  { pool, tenant }: { readonly pool: Queryable; readonly tenant: string },
  evidence: RecordEvidence,
): Promise<readonly AuditFinding[]> {
  const { rows } = await pool.query<{ id: string; last_seq: bigint }>(
    'select id, last_seq from gateway_session where tenant = $1',
    [tenant],
  );
  const stored = new Map(rows.map(({ id, last_seq: seq }) => [id, seq]));
  return differences(stored, evidence.gateways.last).map((gateway) => ({ kind: 'session-altered', gateway }));
}

async function* subjectRows(pool: Queryable, tenant: string): AsyncGenerator<SaidSubject> {
  let after = { person: FIRST_PERSON, seq: 0n };
  for (;;) {
    const { rows } = await pool.query<{ person: string; subject_seq: bigint; idx: bigint }>(
      `select person, subject_seq, idx from log_subject
       where tenant = $1 and (person, subject_seq) > ($2, $3) order by person, subject_seq limit ${PAGE}`,
      [tenant, after.person, after.seq],
    );
    for (const { person, subject_seq: seq, idx: index } of rows) yield { person, seq, index };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = { person: last.person, seq: last.subject_seq };
  }
}

/** Names whose last number is not the same on both sides. */
function differences(
  stored: ReadonlyMap<string, bigint>,
  said: ReadonlyMap<string, bigint>,
): readonly string[] {
  const names = new Set([...stored.keys(), ...said.keys()]);
  return [...names].filter((name) => (stored.get(name) ?? 0n) !== (said.get(name) ?? 0n)).toSorted();
}
