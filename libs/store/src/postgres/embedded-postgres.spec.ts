import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { databaseAccount, canEnter } from './account.js';
import { copyPrograms, findBinaries, installedPrograms } from './binaries.js';
import { EmbeddedPostgres } from './embedded-postgres.js';

describe('EmbeddedPostgres', () => {
  let dataDir: string;
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'proviso-launch-'));
    await chmod(dataDir, 0o755);
    server = await EmbeddedPostgres.start({ dataDir });
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }, 120_000);

  it('serves durably on the loopback interface, with a password that others cannot read', async () => {
    expect(await ask(server.url, 'show fsync')).toBe('on');
    expect(await ask(server.url, 'show listen_addresses')).toBe('127.0.0.1');
    expect((await stat(join(server.folder, 'password'))).mode & 0o077).toBe(0);
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('refuses a folder whose server is in use', async () => {
    await expect(EmbeddedPostgres.start({ dataDir })).rejects.toMatchObject({ code: 'internal' });
    expect(await ask(server.url, 'select 1')).toBe(1);
  });

  it('keeps its data over a stop and a start', async () => {
    await ask(server.url, 'create table kept (n int); insert into kept values (7)');
    await server.stop();
    server = await EmbeddedPostgres.start({ dataDir });
    expect(await ask(server.url, 'select n from kept')).toBe(7);
  });

  it('starts over a pid file whose number belongs to an unrelated process', async () => {
    await server.stop();
    const pidFile = join(server.folder, 'data', 'postmaster.pid');
    await writeFile(pidFile, `${process.pid}\n`);
    server = await EmbeddedPostgres.start({ dataDir });
    expect(await ask(server.url, 'select 1')).toBe(1);
  });

  it('recovers after the server was killed', async () => {
    await ask(server.url, 'create table survives (n int); insert into survives values (8)');
    const pid = Number(
      (await readFile(join(server.folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
    );
    process.kill(pid, 'SIGKILL');
    await server.ended();
    server = await EmbeddedPostgres.start({ dataDir });
    expect(await ask(server.url, 'select n from survives')).toBe(8);
  });

  it('is started again at once where it was killed while it started', async () => {
    await server.stop();
    const pidFile = join(server.folder, 'data', 'postmaster.pid');
    const startMs = performance.now();
    const starting = EmbeddedPostgres.start({ dataDir });
    let pid = 0;
    while (pid === 0) {
      // oxlint-disable no-await-in-loop -- until there is one
      pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
      await delay(1);
      // oxlint-enable no-await-in-loop
    }
    process.kill(pid, 'SIGKILL');
    server = await starting;
    expect(await ask(server.url, 'select n from survives')).toBe(8);
    expect(performance.now() - startMs).toBeLessThan(60_000);
  }, 120_000);

  it('ends the children of a killed server, which do not notice, before another writes beside them', async () => {
    const busy = new pg.Client({ connectionString: server.url });
    await busy.connect();
    busy.on('error', () => undefined);
    const { rows } = await busy.query<{ pid: number }>('select pg_backend_pid() as pid');
    const child = rows[0]?.pid ?? 0;
    const endless = busy.query('do $$ begin loop perform 1; end loop; end $$').catch(() => undefined);
    const pidFile = join(server.folder, 'data', 'postmaster.pid');
    process.kill(Number((await readFile(pidFile, 'utf8')).split('\n')[0]), 'SIGKILL');
    await server.ended();
    server = await EmbeddedPostgres.start({ dataDir });
    // nobody may have collected it, but it stands in no folder any more
    await expect(readlink(`/proc/${child}/cwd`)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await ask(server.url, 'select 1')).toBe(1);
    await endless;
  });

  it('ends a server that a dead process left behind', async () => {
    await server.stop();
    const pid = await leaveOrphan(server.folder);
    server = await EmbeddedPostgres.start({ dataDir });
    expect(await ask(server.url, 'select 1')).toBe(1);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('copyPrograms', () => {
  it('makes programs that run, with their library links, where another account can reach them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proviso-programs-'));
    const copy = await copyPrograms(installedPrograms(), folder);
    const child = spawn(join(copy, 'native', 'bin', 'postgres'), ['--version'], { stdio: 'ignore' });
    await expect(once(child, 'exit')).resolves.toEqual([0, null]);
    await expect(copyPrograms(installedPrograms(), folder)).resolves.toBe(copy);
    await rm(folder, { recursive: true, force: true });
  });
});

describe('canEnter', () => {
  it('asks for the right to pass through every folder above', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proviso-closed-'));
    const stranger = { uid: 4242, gid: 4242, dropped: true };
    await expect(canEnter(stranger, join(folder, 'inside'))).resolves.toBe(false);
    await chmod(folder, 0o711);
    await expect(canEnter(stranger, join(folder, 'inside'))).resolves.toBe(true);
    await rm(folder, { recursive: true, force: true });
  });
});

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result: unknown = await client.query({ text: sql, rowMode: 'array' });
    const last: unknown = Array.isArray(result) ? result.at(-1) : result;
    return last instanceof pg.Result ? last.rows[0]?.[0] : undefined;
  } finally {
    await client.end();
  }
}

/** A server whose parent is gone: started by a shell that ends at once. */
async function leaveOrphan(folder: string): Promise<number> {
  const account = await databaseAccount();
  const { postgres } = await findBinaries(account, folder);
  const options = `-D '${folder}/data' -c port=54321 -c listen_addresses= -c unix_socket_directories='${folder}'`;
  const shell = spawn('/bin/sh', ['-c', `'${postgres}' ${options} >/dev/null 2>&1 &`], {
    uid: account.uid,
    gid: account.gid,
    stdio: 'ignore',
  });
  await once(shell, 'exit');
  const pidFile = join(folder, 'data', 'postmaster.pid');
  for (let tries = 0; tries < 200; tries++) {
    const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
    if (lines[7]?.trim() === 'ready') {
      return Number(lines[0]);
    }
    await delay(50);
  }
  throw new Error('The orphan did not start.');
}
