import { z } from 'zod';
import { canonicalize, parseStrict } from '#digest';
import { BYTES, TIME } from '../../column-shapes.js';
import type { GuardedTable } from './guarded-reader.js';

const TokenRow = z.object({
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

export const TOKENS: GuardedTable<z.infer<typeof TokenRow>> = {
  table: 'oidc_payload',
  columns: `f.tenant, f.kind, f.id_hash, f.payload::text as payload, f.grant_id, f.user_code, f.uid, f.expires_at,
    f.consumed_at, f.mac`,
  shape: TokenRow,
  key: ({ kind, id_hash: id }) => `${kind}/${id}`,
  check: (mac, row) => {
    const payload = canonicalize(parseStrict(Buffer.from(row.payload)));
    mac.check('oidc_payload', { ...row, payload }, row.mac, 'oidc_payload');
  },
};
