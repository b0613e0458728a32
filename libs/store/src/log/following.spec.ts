import { randomUUID } from 'node:crypto';
import type { OpenedRecord } from '#provenance';
import {
  type FollowerUnderTest,
  shouldBehaveLikeFollower,
} from '../../../provenance/src/testing/follower.contract.js';
import { BreakablePool } from '../testing/breakable-pool.js';
import { makeItem, makeSubject } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';
import { outwardFollower, sqlFollower } from './following.js';
import { RecordOpener } from './record-opener.js';
import { SqlFollowerPositions } from './sql-follower-positions.js';

/** A log of five records: the third is of a class that nobody knows, the fourth one's person was erased. */
class Followed {
  readonly scene: LogScene;
  readonly breakable: BreakablePool;

  private constructor(scene: LogScene) {
    this.scene = scene;
    this.breakable = new BreakablePool(scene.database);
  }

  static async make(): Promise<Followed> {
    const scene = await LogScene.make();
    const log = await scene.start();
    const erased = randomUUID();
    const [first, second, third, fourth] = [
      makeItem(),
      makeItem(),
      makeItem(),
      makeItem([makeSubject(erased)]),
    ];
    const unknown = { ...third, record: { ...third.record } };
    Reflect.set(unknown.record, 'class', 99);
    await log.append([first, second, unknown, fourth]);
    await scene.vault().destroy({ kind: 'person', person: erased });
    return new Followed(scene);
  }

  async records(count: number): Promise<readonly OpenedRecord[]> {
    const opener = new RecordOpener(this.scene.database.pool, 'default', this.scene.vault());
    return opener.openRange(0n, BigInt(count), ['op', 'subjects']);
  }

  async end(): Promise<void> {
    await this.breakable.pool.end();
    await this.scene.end();
  }
}

const open: Followed[] = [];

async function followed(): Promise<Followed> {
  const made = await Followed.make();
  open.push(made);
  return made;
}

function groupsOf(records: readonly OpenedRecord[]): readonly (readonly string[])[] {
  return records.map(({ groups }) => groups.map(({ group }) => group));
}

async function sqlUnderTest(): Promise<FollowerUnderTest> {
  const of = await followed();
  const { pool } = of.breakable;
  await of.scene.database.admin('create table heard (idx bigint)');
  await of.scene.database.admin('grant select, insert on heard to proviso_app');
  const follower = () =>
    sqlFollower(pool, new SqlFollowerPositions(pool, 'default'), {
      name: 'listener',
      reads: ['op', 'subjects'],
      handle: async (batch, client) => {
        const indexes = batch.map(({ index }) => index);
        await client.query('insert into heard select unnest($1::bigint[])', [indexes]);
      },
    });
  return {
    follower: follower(),
    again: follower,
    records: (count) => of.records(count),
    effects: async () => (await of.scene.database.admin('select idx from heard')).rows,
    dieBeforeTheEnd: () => of.breakable.breakAt('commit', 'before'),
  };
}

async function outwardUnderTest(): Promise<FollowerUnderTest> {
  const of = await followed();
  const { pool } = of.breakable;
  const heard: bigint[] = [];
  const follower = () =>
    outwardFollower(new SqlFollowerPositions(pool, 'default'), {
      name: 'listener',
      reads: ['op', 'subjects'],
      handle: (batch) => {
        heard.push(...batch.map(({ index }) => index));
        return Promise.resolve();
      },
    });
  return {
    follower: follower(),
    again: follower,
    records: (count) => of.records(count),
    effects: () => Promise.resolve(heard),
    dieBeforeTheEnd: () => of.breakable.breakAt('insert into follower_position', 'before'),
  };
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.end()));
});

describe('sqlFollower', () => {
  shouldBehaveLikeFollower(sqlUnderTest, { once: true });
});

describe('outwardFollower', () => {
  shouldBehaveLikeFollower(outwardUnderTest, { once: false });
});

describe('followers', () => {
  it('are handed what they ask for, records of unknown classes and erased ones too', async () => {
    const of = await followed();
    const opener = new RecordOpener(of.scene.database.pool, 'default', of.scene.vault());
    const five = await opener.openRange(0n, 5n, ['op', 'subjects']);
    expect(five.map(({ kind }) => kind)).toEqual(['opened', 'opened', 'opened', 'opened', 'erased']);
    expect(five[3]?.entry[3]).toBe(99);
    const sub = ['sub:0/subject', 'sub:0/content', 'sub:0/decision', 'sub:0/links'];
    expect(groupsOf(five.slice(1))).toEqual([['op', ...sub], ['op', ...sub], ['op', ...sub], ['op']]);
    expect(five[4]).toMatchObject({ lost: ['sub:0'], subEntries: [] });
    expect(five[1]?.subEntries).toMatchObject([{ position: 0, path: [] }]);
    const bare = await opener.openRange(3n, 5n, []);
    expect(bare.map(({ kind, groups }) => [kind, groups.length])).toEqual([
      ['opened', 0],
      ['opened', 0],
    ]);
    expect(groupsOf(await opener.openRange(4n, 5n, ['actor']))).toEqual([['actor']]);
  });

  it('know what each has before it', async () => {
    const of = await followed();
    const positions = new SqlFollowerPositions(of.scene.database.pool, 'default');
    await positions.advance('kafka', 0n, 3n);
    await positions.advance('views', 0n, 5n);
    const lags = await positions.lags(['kafka', 'new', 'views']);
    expect(lags.map(({ name, position, records }) => [name, position, records])).toEqual([
      ['kafka', 3n, 2n],
      ['new', 0n, 5n],
      ['views', 5n, 0n],
    ]);
    expect(lags[2]?.oldestMs).toBeUndefined();
    expect(Math.abs(Date.now() - (lags[0]?.oldestMs ?? 0))).toBeLessThan(60_000);
  });
});
