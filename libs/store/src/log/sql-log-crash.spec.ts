import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { chmod, readFile, rm } from 'node:fs/promises';
import { GatewayError } from '#outcome';
import type { Seal } from '#provenance';
import { migrate } from '../migrate.js';
import { openPool } from '../pool.js';
import { EmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { makeWrite, newFolder } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';

jest.setTimeout(180_000);

const ROUNDS = 4;

/** Kills the server and all its processes at once, as a crash of the machine would end them. */
async function killServer({ folder }: EmbeddedPostgres): Promise<void> {
  const [pid = ''] = (await readFile(`${folder}/data/postmaster.pid`, 'utf8')).split('\n');
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  for (const each of [pid, ...children.trim().split(' ')]) {
    try {
      process.kill(Number(each), 'SIGKILL');
    } catch (cause) {
      if (!(cause instanceof Error) && !String(cause).includes('ESRCH')) throw cause;
    }
  }
}

describe('SqlLogStore over a server that is killed', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;
  let scene: LogScene;
  beforeAll(async () => {
    folder = await newFolder();
    await chmod(folder, 0o755);
    postgres = await EmbeddedPostgres.start({ dataDir: folder });
    await migrate(postgres.url);
    const { url } = postgres;
    const pool = openPool({ url, tenant: 'default', max: 8 });
    scene = await LogScene.over({ url, pool, admin: (sql) => pool.query(sql), close: () => pool.end() });
  });
  afterAll(async () => {
    await scene.end();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses no record whose seal it gave, writes none by half, and goes on by itself', async () => {
    const log = await scene.start({ patienceMs: 200 });
    const sealed: Seal[] = [];
    const stop = new AbortController();
    const client = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const write = makeWrite({ person: randomUUID(), patient: randomUUID(), id: randomUUID() });
        try {
          sealed.push(...(await log.append([write])));
        } catch (cause) {
          if (!(cause instanceof GatewayError) || cause.code !== 'seal-unavailable') throw cause;
        }
      }
    };
    const clients = Promise.all(Array.from({ length: 16 }, client));
    const port = Number(new URL(postgres.url).port);
    for (let round = 1; round <= ROUNDS; round++) {
      const before = sealed.length;
      while (sealed.length < before + 40 * round) await new Promise((resolve) => setImmediate(resolve));
      await killServer(postgres);
      await postgres.ended();
      postgres = await EmbeddedPostgres.start({ dataDir: folder, port });
    }
    const before = sealed.length;
    while (sealed.length < before + 20) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await clients;
    await log.close();

    const { size } = await log.head();
    expect(new Set(sealed.map(({ index }) => index)).size).toBe(sealed.length);
    const { rows } = await scene.database.pool.query<{ idx: bigint; leaf: Buffer }>(
      `select idx, sha256('\\x00'::bytea || entry) as leaf from log_leaf where idx < $1`,
      [size],
    );
    const leaves = new Map(rows.map(({ idx, leaf }) => [idx, leaf.toString('hex')]));
    for (const { index, leaf } of sealed) expect(leaves.get(index)).toBe(Buffer.from(leaf).toString('hex'));
    expect(await scene.findings()).toEqual([]);
  });
});
