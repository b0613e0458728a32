import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MIGRATIONS } from '../migrations/embedded.js';
import { installedPrograms } from '../postgres/binaries.js';
import { EmbeddedPostgres } from '../postgres/embedded-postgres.js';

const run = promisify(execFile);

/**
 * Makes `dataDir` hold a cluster as `fill` leaves a new one. The first one made for this schema is kept in the folder for
 * temporary files, and copied after that: making a cluster takes seconds of a processor, and each test file has its own.
 */
export async function copyPreparedCluster(
  dataDir: string,
  fill: (postgres: EmbeddedPostgres) => Promise<void>,
): Promise<void> {
  const prepared = join(tmpdir(), `proviso-cluster-${keyOf()}`);
  const isThere = await access(prepared).then(
    () => true,
    () => false,
  );
  if (!isThere) await prepare(prepared, fill);
  // keeps the account that the files belong to
  await run('cp', ['-a', '--reflink=auto', prepared, join(dataDir, 'postgres')]);
}

/** Renamed when whole: of two that make one at the same time, one stays. */
async function prepare(prepared: string, fill: (postgres: EmbeddedPostgres) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${prepared}-`);
  await chmod(folder, 0o755);
  const postgres = await EmbeddedPostgres.start({ dataDir: folder });
  await fill(postgres);
  await postgres.stop();
  await rename(postgres.folder, prepared).catch((error: unknown) => {
    if (!isTaken(error)) throw error;
  });
  await rm(folder, { recursive: true, force: true });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}

/** What a cluster depends on: the schema, the programs, and whose it is. */
function keyOf(): string {
  const parts = [
    ...MIGRATIONS.map(({ name, sql }) => `${name}\n${sql}`),
    installedPrograms(),
    process.getuid?.(),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
