import { checkToken, TOKEN_ROW, type TokenRow } from '../../token-row.js';
import type { GuardedTable } from './guarded-reader.js';

export const TOKENS: GuardedTable<TokenRow> = {
  table: 'oidc_payload',
  columns: `f.tenant, f.kind, f.id_hash, f.payload::text as payload, f.grant_id, f.user_code, f.uid, f.expires_at,
    f.consumed_at, f.mac`,
  shape: TOKEN_ROW,
  key: ({ kind, id_hash: id }) => `${kind}/${id}`,
  check: checkToken,
};
