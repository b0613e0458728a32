import { GatewayError } from '#outcome';
import { decodeEntry, type KeyVault } from '#provenance';
import { unfitParts } from '../parts-fit.js';
import { partRow } from '../sealed-record.js';
import type { RecordFinding } from './finding.js';
import type { Queryable } from '../head-row.js';
import { auditSaid, type SaidSubject } from './audit-subjects.js';
import { RecordEvidence } from './record-evidence.js';

const PAGE = 500n;
const OUTER = ['op', 'actor', 'request'];

/** Whose records are opened. */
export interface RecordAudit {
  readonly pool: Queryable;
  readonly tenant: string;
  readonly vault: KeyVault;
  /** Size of the stored head. */
  readonly size: bigint;
}

interface PartRow {
  readonly idx: bigint;
  readonly record_id: string;
  readonly entry: Buffer;
  readonly part: string | null;
  readonly key_id: string | null;
  readonly sealed: Buffer | null;
}
type Opened =
  | { readonly kind: 'plain'; readonly part: string; readonly plain: Uint8Array }
  | { readonly kind: 'erased'; readonly part: string; readonly keyId: string }
  | { readonly kind: 'altered' | 'no-key'; readonly part: string };

/** Opens every record; what they say of each other, of gateways and persons, and of the other tables. */
export async function auditRecords(audit: RecordAudit): Promise<RecordEvidence> {
  const evidence = new RecordEvidence();
  for (let from = 0n; from < audit.size; from += PAGE) {
    const to = from + PAGE < audit.size ? from + PAGE : audit.size;
    await auditPage(audit, evidence, await readParts(audit, 'l.idx >= $2 and l.idx < $3', [from, to]));
  }
  for (const [gateway, seq] of evidence.gateways.missing) {
    evidence.findings.push({ kind: 'gateway-gap', gateway, seq });
  }
  return evidence;
}

/** Opens the records at `indexes`, in their order; those that are missing are passed over. @returns whom they concern */
export async function auditSome(
  audit: RecordAudit,
  evidence: RecordEvidence,
  indexes: readonly bigint[],
): Promise<readonly SaidSubject[]> {
  return auditPage(audit, evidence, await readParts(audit, 'l.idx = any($2)', [indexes]));
}

async function auditPage(
  audit: RecordAudit,
  evidence: RecordEvidence,
  records: readonly (readonly PartRow[])[],
): Promise<readonly SaidSubject[]> {
  const said: SaidSubject[] = [];
  for (const rows of records) said.push(...(await auditRecord(audit, evidence, rows)));
  evidence.findings.push(...(await auditSaid(audit, said)));
  return said;
}

/** @returns whom the record says that it concerns */
async function auditRecord(
  audit: RecordAudit,
  evidence: RecordEvidence,
  rows: readonly PartRow[],
): Promise<readonly SaidSubject[]> {
  const [first] = rows;
  if (first === undefined) return [];
  const { idx: index, record_id: recordId, entry } = first;
  const parts = (await Promise.all(rows.map((row) => openRow(audit, row)))).filter(
    (part) => part !== undefined,
  );
  const plain = parts.filter((part) => part.kind === 'plain');
  const unfit = new Set(unfitParts(entry, plain));
  evidence.findings.push(...partFindings(index, parts, unfit));
  for (const each of parts) if (each.kind === 'erased') evidence.erased(index, each.keyId);
  evidence.subParts(index, parts.filter(({ part }) => part.startsWith('sub:')).length);
  const fit = plain.filter(({ part }) => !unfit.has(part));
  const op = fit.find(({ part }) => part === 'op');
  const done = op !== undefined && evidence.op(index, decodeEntry(entry)?.class ?? 0, recordId, op.plain);
  return fit
    .filter(({ part }) => part.startsWith('sub:'))
    .map(({ plain: bytes }) => evidence.sub(index, bytes, done).subject)
    .flatMap(({ person, subjectSeq: seq }) =>
      person === null || seq === null ? [] : [{ person, seq, index }],
    );
}

function partFindings(
  index: bigint,
  parts: readonly Opened[],
  unfit: ReadonlySet<string>,
): readonly RecordFinding[] {
  const names = new Set(parts.map(({ part }) => part));
  const missing = OUTER.filter((part) => !names.has(part));
  return [
    ...missing.map((part) => ({ kind: 'part-missing', index, part }) as const),
    ...parts.flatMap(({ kind, part }): RecordFinding[] => {
      if (kind === 'no-key') return [{ kind: 'key-missing', index, part }];
      return kind === 'altered' || unfit.has(part) ? [{ kind: 'part-altered', index, part }] : [];
    }),
  ];
}

async function openRow(audit: RecordAudit, row: PartRow): Promise<Opened | undefined> {
  const { part, key_id: keyId, sealed, record_id: recordId } = row;
  if (part === null || keyId === null || sealed === null) return undefined;
  try {
    const plain = await audit.vault.unwrap(keyId, sealed, partRow(recordId, part));
    return plain === undefined ? { kind: 'erased', part, keyId } : { kind: 'plain', part, plain };
  } catch (cause) {
    if (!(cause instanceof GatewayError) || cause.code !== 'integrity-failure') throw cause;
    const keyAtFault = cause.details?.startsWith('sealed/') !== true;
    return { kind: keyAtFault ? 'no-key' : 'altered', part };
  }
}

async function readParts(
  { pool, tenant }: RecordAudit,
  where: string,
  values: readonly unknown[],
): Promise<readonly (readonly PartRow[])[]> {
  const { rows } = await pool.query<PartRow>(
    `select l.idx, l.record_id, l.entry, p.part, p.key_id, p.sealed
     from log_leaf l left join log_private p on p.tenant = l.tenant and p.idx = l.idx
     where l.tenant = $1 and ${where} order by l.idx, p.part`,
    [tenant, ...values],
  );
  return [...Map.groupBy(rows, ({ idx }) => idx).values()];
}
