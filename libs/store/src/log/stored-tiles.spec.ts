import type { PoolClient } from 'pg';
import { consistencyProof, inclusionProof, type TreeHead, verifyInclusion } from '#provenance';
import { makeItem } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';
import type { Queryable } from './head-row.js';
import { readLeaves, storedRoot, storedTiles } from './stored-tiles.js';

/** More than a tile of level 0 and less than two. */
const RECORDS = 300;

describe('stored tiles', () => {
  let scene: LogScene;
  let client: PoolClient;
  let head: TreeHead;

  beforeAll(async () => {
    scene = await LogScene.make();
    const log = await scene.start();
    await log.append(Array.from({ length: RECORDS }, () => makeItem()));
    head = await log.head();
    client = await scene.database.pool.connect();
  });
  afterAll(async () => {
    client.release();
    await scene.end();
  });

  it('are read for a proof with two statements at most, and one at a time, on a connection', async () => {
    const watched = watch(client);
    const { size, root } = head;
    const [leaf = new Uint8Array()] = await readLeaves(client, 'default', 5n, 6n);
    const path = await inclusionProof(5n, size, storedTiles(watched.client, 'default'));
    expect(verifyInclusion({ leaf, index: 5n, size, root }, path)).toBe(true);
    expect(watched.seen).toEqual({ statements: 2, most: 1 });
  });

  it('are read one statement at a time for proofs that are made at once', async () => {
    const watched = watch(client);
    const read = storedTiles(watched.client, 'default');
    const proofs = await Promise.all([
      inclusionProof(5n, head.size, read),
      inclusionProof(5n, head.size - 20n, read),
      consistencyProof(7n, head.size, read),
    ]);
    expect(proofs).toEqual([
      await inclusionProof(5n, head.size, storedTiles(client, 'default')),
      await inclusionProof(5n, head.size - 20n, storedTiles(client, 'default')),
      await consistencyProof(7n, head.size, storedTiles(client, 'default')),
    ]);
    expect(watched.seen).toEqual({ statements: 2, most: 1 });
  });

  it('give no root where one is missing', async () => {
    expect(await storedRoot(client, 'default', head.size)).toEqual(head.root);
    await scene.database.admin('delete from log_tile where level = 1');
    expect(await storedRoot(client, 'default', head.size)).toBeUndefined();
  });
});

/** A connection that counts its statements, and how many were under way at once. */
function watch(client: PoolClient): {
  readonly client: Queryable;
  readonly seen: { readonly statements: number; readonly most: number };
} {
  const seen = { statements: 0, most: 0 };
  let underWay = 0;
  const query = async (config: { readonly text: string }): Promise<unknown> => {
    seen.statements += 1;
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    return client.query(config).finally(() => (underWay -= 1));
  };
  return {
    client: new Proxy(client, { get: (on, name) => (name === 'query' ? query : Reflect.get(on, name)) }),
    seen,
  };
}
