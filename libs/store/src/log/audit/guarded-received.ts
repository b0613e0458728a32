import { timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { GatewayError } from '#outcome';
import { BYTES } from '../../column-shapes.js';
import { checkInboxRow, INBOX_COLUMNS, INBOX_ROW } from '../../inbox/inbox-row.js';
import {
  checkKeyedWrite,
  KEYED_WRITE_COLUMNS,
  KEYED_WRITE_ROW,
  type KeyedWriteRow,
} from '../../keyed-writes/keyed-write-row.js';
import type { GuardedTable } from './guarded-reader.js';

/** The server hashes the bytes: they need not travel. */
const HASHED_ROW = INBOX_ROW.extend({ bytes_digest: BYTES });

export const INBOX: GuardedTable<z.infer<typeof HASHED_ROW>> = {
  table: 'inbox',
  columns: `${INBOX_COLUMNS}, sha256(f.bytes) as bytes_digest`,
  shape: HASHED_ROW,
  key: ({ id }) => id,
  check: (mac, row) => {
    checkInboxRow(mac, row);
    if (!timingSafeEqual(row.bytes_digest, row.digest)) {
      throw new GatewayError('integrity-failure', { details: `inbox/${row.id}` });
    }
  },
};

export const KEYED_WRITES: GuardedTable<KeyedWriteRow> = {
  table: 'keyed_write',
  columns: KEYED_WRITE_COLUMNS,
  shape: KEYED_WRITE_ROW,
  key: ({ id }) => id,
  check: checkKeyedWrite,
};
