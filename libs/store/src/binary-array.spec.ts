import { binaryArray } from './binary-array.js';
import { openTestDatabase, type TestDatabase } from './testing/test-database.js';

describe('binaryArray', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  }, 120_000);
  afterAll(() => database.close());

  it.each([
    { texts: [] },
    { texts: [''] },
    { texts: ['a', null, '{"x","\\"}', 'NULL', 'é\u{1f600}', ' ', 'x'.repeat(70_000)] },
  ])('is read by the database as the same texts', async ({ texts }) => {
    const { rows } = await database.pool.query<{ text: string | null }>(
      'select u.text from unnest($1::text[]) with ordinality u (text, n) order by u.n',
      [binaryArray('text', texts)],
    );
    expect(rows.map(({ text }) => text)).toEqual(texts);
  });

  it('is read as the same bytes', async () => {
    const bytes = [Buffer.alloc(0), null, Buffer.from([0, 255, 92, 34]), Buffer.alloc(100_000, 7)];
    const { rows } = await database.pool.query<{ bytes: Uint8Array | null }>(
      'select u.bytes from unnest($1::bytea[]) with ordinality u (bytes, n) order by u.n',
      [binaryArray('bytea', bytes)],
    );
    expect(rows.map((row) => row.bytes)).toEqual(bytes);
  });
});
