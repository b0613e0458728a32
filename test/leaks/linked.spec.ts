import type { ResourceStore, Stored } from '#store';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { ask, type Answer } from './ask.js';
import type { Caller } from './callers.js';
import { System } from './system.js';
import { VILLAGE } from './village.js';

const APP: Caller = { client: 'app', scope: 'system/*.rs' };
const LINKED = '{"other":{"reference":"Patient/ona-south"},"type":"seealso"}';
const PEOPLE = VILLAGE.filter(({ key }) => /^(ona|ann|dee)/.test(key));

let system: System;
beforeEach(async () => {
  system = await System.open(await openTestDatabase(), PEOPLE);
}, 120_000);
afterEach(() => system.close());

const get = (target: string, headers = {}): Promise<Answer> => ask(system, APP, { target, headers });

/** A store that says that every Patient is linked to one more, whom it may not name. */
function claiming(store: ResourceStore, id: string): ResourceStore {
  const claim = (row: Stored): Stored =>
    row.type === 'Patient' ? { ...row, linked: [...row.linked, id] } : row;
  return {
    read: async (permit, ref) => {
      const found = await store.read(permit, ref);
      return found.kind === 'found' ? { ...found, stored: claim(found.stored) } : found;
    },
    vread: (permit, ref, versionId) => store.vread(permit, ref, versionId),
    history: (permit, ref, search) => store.history(permit, ref, search),
    search: async (permit, search) => {
      const page = await store.search(permit, search);
      return { ...page, rows: page.rows.map(claim) };
    },
    scan: (permit, from, limit) => store.scan(permit, from, limit),
  };
}

describe('a link to another Patient of the person', () => {
  it.each(['dee', 'ann'])(
    'leads to nobody whom the second judge hides, nor to another person: %s',
    async (id) => {
      system.answerFrom(claiming(system.parts.resources, id));
      for (const target of [
        '/Patient/ona-north',
        '/Patient?_id=ona-north',
        '/Patient?_id=ona-north,ona-south',
      ]) {
        const { status, body } = await get(target);
        expect([status, body.includes(LINKED)]).toEqual([200, true]);
        expect(body).not.toContain(`Patient/${id}"`);
      }
    },
  );

  it('is not believed where its row was changed in the database', async () => {
    await system.database.admin(
      `update person_link set person = (select person from person_link where patient = 'ona-north')
       where patient = 'ann'`,
    );
    expect((await get('/Patient/ona-north')).status).toBe(500);
  });
});

describe('the validators of a Patient', () => {
  it('are not given with links, which come and go without a version', async () => {
    const own = await get('/Patient/ann');
    expect(own.headers['etag']).toMatch(/^W\//);
    expect((await get('/Patient/ann', { 'if-none-match': String(own.headers['etag']) })).status).toBe(304);
    const shown = await get('/Patient/ona-north');
    expect([shown.headers['etag'], shown.headers['last-modified']]).toEqual([undefined, undefined]);
    const etag = `W/"${/"versionId":"(\w+)"/.exec(shown.body)?.[1]}"`;
    expect((await get('/Patient/ona-north', { 'if-none-match': etag })).status).toBe(200);
  });
});
