import { z } from 'zod';
import { canonicalize, parseStrict } from '#digest';
import { BYTES, TIME } from './column-shapes.js';
import type { RowMac } from './row-mac.js';

/** A row of `oidc_payload`, a model of the authorization server; `payload` is JSON text. */
export const TOKEN_ROW = z.object({
  tenant: z.string(),
  kind: z.string(),
  id_hash: z.string(),
  payload: z.string(),
  grant_id: z.string().nullable(),
  user_code: z.string().nullable(),
  uid: z.string().nullable(),
  expires_at: TIME.nullable(),
  consumed_at: TIME.nullable(),
  mac: BYTES,
});
export type TokenRow = z.infer<typeof TOKEN_ROW>;

/** The MAC of a row. jsonb reorders members: the canonical form is what it covers. */
export function tokenMac(mac: RowMac, row: Omit<TokenRow, 'mac'>): Uint8Array {
  return mac.of('oidc_payload', covered(row));
}

/** @throws `integrity-failure` unless the row is as it was written */
export function checkToken(mac: RowMac, row: TokenRow): void {
  mac.check('oidc_payload', covered(row), row.mac, `oidc_payload/${row.kind}/${row.id_hash}`);
}

function covered<Row extends Omit<TokenRow, 'mac'>>(row: Row): Row {
  return { ...row, payload: canonicalize(parseStrict(Buffer.from(row.payload))) };
}
