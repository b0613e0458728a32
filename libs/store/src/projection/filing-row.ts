import { z } from 'zod';
import { BYTES, HEX } from '../column-shapes.js';
import { sha256 } from '#digest';
import type { Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';

/** A row of `consent_filing`: a Consent as it was signed, and what ties it to a grant on chain. */
export const FILING_ROW = z.object({
  tenant: z.string(),
  consent: z.string(),
  person: z.string(),
  patient: z.string(),
  chain_id: z.string(),
  contract: HEX,
  subject: HEX,
  grant_id: HEX,
  version: z.number(),
  kind: z.enum(['permit', 'deny']),
  bytes: BYTES,
  /** JSON of `Terms`; the commitment covers it. */
  terms: z.string(),
  commitment: HEX,
  binding: z.string(),
  record_id: z.string(),
  mac: BYTES,
});
export const FILING_ROWS = z.array(FILING_ROW);
export type FilingRow = z.infer<typeof FILING_ROW>;

/** How a query reads the row: `terms` as text. */
export const FILING_COLUMNS = `f.tenant, f.consent, f.person, f.patient, f.chain_id, f.contract, f.subject, f.grant_id,
  f.version, f.kind, f.bytes, f.terms::text as terms, f.commitment, f.binding, f.record_id, f.mac`;

/** As `FILING_COLUMNS`, the bytes as their SHA-256: for whoever needs no more than to check the row. */
export const FILING_DIGEST_COLUMNS = FILING_COLUMNS.replace('f.bytes', 'sha256(f.bytes) as bytes');

export const FILINGS: Table<FilingRow> = {
  name: 'consent_filing',
  columns: {
    tenant: 'text',
    consent: 'text',
    person: 'uuid',
    patient: 'text',
    chain_id: 'text',
    contract: 'text',
    subject: 'text',
    grant_id: 'text',
    version: 'int',
    kind: 'text',
    bytes: 'bytea',
    terms: 'jsonb',
    commitment: 'text',
    binding: 'uuid',
    record_id: 'uuid',
    mac: 'bytea',
  },
};

/** The MAC of a filing; bytes stand as their digest, terms as the commitment, since jsonb reorders their members. */
export function filingMac(mac: RowMac, row: Omit<FilingRow, 'mac'>): Uint8Array {
  return mac.of('consent_filing', covered(row));
}

/** @throws `integrity-failure` unless the filing is as it was written. */
export function checkFilingRow(mac: RowMac, row: FilingRow): void {
  mac.check('consent_filing', covered(row), row.mac, `consent_filing/${row.consent}`);
}

/** As `checkFilingRow`, where `bytes` was read as its SHA-256. */
export function checkFilingDigest(mac: RowMac, row: FilingRow): void {
  mac.check('consent_filing', { ...row, terms: row.commitment }, row.mac, `consent_filing/${row.consent}`);
}

function covered(row: Omit<FilingRow, 'mac'>) {
  return { ...row, bytes: sha256(row.bytes), terms: row.commitment };
}
