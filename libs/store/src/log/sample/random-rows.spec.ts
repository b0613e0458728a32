import { openTestDatabase } from '../../testing/test-database.js';
import { randomIndexes, sampleClause } from './random-rows.js';

describe('what is picked', () => {
  it('reads small tables whole and few blocks of large ones', async () => {
    const database = await openTestDatabase();
    expect(await sampleClause(database.pool, 'resource_version', 10)).toBe('');
    await database.admin(
      `insert into log_private (tenant, idx, part, key_id, sealed)
       select 'default', n, 'op', 'k', decode(repeat('ab', 1000), 'hex') from generate_series(1, 3000) n`,
    );
    const clause = await sampleClause(database.pool, 'log_private', 10);
    expect(clause).toMatch(/^tablesample system \(\d+\.\d{6}\)$/);
    const { rows } = await database.pool.query(`select idx from log_private ${clause}`);
    expect(rows.length).toBeLessThan(1_500);
    await database.close();
  });

  it('picks numbers in order, each once, and all of a short log', () => {
    expect(randomIndexes(3n, 10, () => 0)).toEqual([0n, 1n, 2n]);
    const sequence = [0.9, 0.1, 0.1, 0.5];
    let at = 0;
    expect(randomIndexes(100n, 4, () => sequence[at++] ?? 0)).toEqual([10n, 50n, 90n]);
  });
});
