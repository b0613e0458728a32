import { randomUUID } from 'node:crypto';
import { makeWrite } from './testing/log-fixture.js';
import { LogScene } from './testing/log-scene.js';
import { PlannerStatistics } from './planner-statistics.js';

/** As many versions, of as many patients. */
const writes = (count: number) =>
  Array.from({ length: count }, () =>
    makeWrite({ person: randomUUID(), patient: randomUUID(), id: randomUUID() }),
  );

describe('the planner’s statistics', () => {
  let scene: LogScene;
  let statistics: PlannerStatistics;
  const reported: unknown[] = [];

  beforeEach(async () => {
    scene = await LogScene.make();
    statistics = new PlannerStatistics(scene.database.pool, (cause) => reported.push(cause));
    reported.length = 0;
  });
  afterEach(async () => {
    await statistics.stop();
    await scene.end();
  });

  /** How often each table's statistics were taken by somebody, and how many rows they tell of; -1: nobody. */
  async function taken(table: string): Promise<{ times: number; rows: number }> {
    const { rows } = await scene.database.admin(
      `select analyze_count::int as times, reltuples::int as rows from pg_stat_user_tables s
       join pg_class c on c.oid = s.relid where s.schemaname = 'proviso' and s.relname = $1`,
      [table],
    );
    return rows[0];
  }

  it('are taken at the start where they are missing, once', async () => {
    const log = await scene.start();
    await log.append(writes(50));
    // the second one finds them
    for (const each of [statistics, new PlannerStatistics(scene.database.pool, () => undefined)]) {
      each.start();
      await each.settled();
    }
    expect(reported).toEqual([]);
    expect(await taken('resource_version')).toEqual({ times: 1, rows: 50 });
    expect(await taken('index_token')).toMatchObject({ times: 1 });
    expect(await taken('inbox')).toEqual({ times: 0, rows: -1 });
    expect(reported).toEqual([]);
  });

  it('are taken after a load, and again when the store has grown by half', async () => {
    const log = await scene.start({ changed: (changes) => statistics.note(changes) });
    const load = async (count: number) => {
      await log.append(writes(count));
      await statistics.settled();
      return taken('resource_version');
    };
    // each of them makes a link and a version
    expect(await load(40)).toMatchObject({ times: 0 });
    expect(await load(100)).toEqual({ times: 1, rows: 140 });
    expect(await load(200)).toEqual({ times: 2, rows: 340 });
    expect(await load(80)).toMatchObject({ times: 2 });
    expect(await load(10)).toEqual({ times: 3, rows: 430 });
  });

  it('are not taken for what was rolled back', async () => {
    const told: number[] = [];
    const log = await scene.start({ changed: (changes) => told.push(changes) });
    const [first] = writes(1);
    if (first === undefined) throw new Error('nothing to write');
    await log.append([first]);
    await expect(log.append([first])).rejects.toMatchObject({ code: '23505' });
    await log.append(writes(2));
    // the open record of the session changes no rows
    expect(told.filter((changes) => changes > 0)).toEqual([2, 4]);
  });

  it('are tried again after a failure, which is reported', async () => {
    const { pool } = scene.database;
    const right = 'function proviso.take_statistics(text)';
    await scene.database.admin(`revoke execute on ${right} from proviso_app`);
    const log = await scene.start();
    await log.append(writes(10));
    statistics.start();
    await statistics.settled();
    expect(reported).toMatchObject([{ code: '42501' }]);
    await scene.database.admin(`grant execute on ${right} to proviso_app`);
    statistics.note(100);
    await statistics.settled();
    expect(await taken('resource_version')).toEqual({ times: 1, rows: 10 });
    await expect(pool.query(`select take_statistics('pg_class')`)).rejects.toMatchObject({ code: '42P01' });
  });
});
