import fc from 'fast-check';
import { parseTextArray } from './parse-text-array.js';
import { openTestDatabase, type TestDatabase } from './testing/test-database.js';

describe('parseTextArray', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  }, 120_000);
  afterAll(() => database.close());

  it('reads back what the database was given, whatever the letters', async () => {
    const piece = fc.constantFrom('"', '\\', ',', '{', '}', ' ', 'NULL', 'null', '', 'a', '\n', 'é', '|');
    const element = fc.oneof(
      fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('')),
      fc.constant(null),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(element, { maxLength: 4 }), async (values) => {
        const { rows } = await database.pool.query('select $1::text[] as given', [values]);
        expect(rows).toEqual([{ given: values }]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['{}', []],
    ['{a,b|c}', ['a', 'b|c']],
    ['{"a b",c,"NULL",NULL,"\\"\\\\"}', ['a b', 'c', 'NULL', null, '"\\']],
  ])('reads %s', (text, expected) => {
    expect(parseTextArray(text)).toEqual(expected);
  });
});
