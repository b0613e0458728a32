import type { Outbox } from '#chain';
import { shouldBehaveLikeOutbox } from '../../chain/src/testing/outbox.contract.js';
import { SqlOutbox } from './sql-outbox.js';
import { openTestDatabase } from './testing/test-database.js';

describe('SqlOutbox', () => {
  shouldBehaveLikeOutbox(async () => {
    const database = await openTestDatabase();
    const outbox: Outbox = new SqlOutbox(database.pool, 'default');
    return { outbox, stop: () => database.close() };
  });
});
