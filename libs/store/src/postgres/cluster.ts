import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { once } from 'node:events';
import { GatewayError } from '#outcome';
import { canEnter, giveTo, type Account } from './account.js';
import { findBinaries, type Binaries } from './binaries.js';

/** Where root keeps databases whose DATA_DIR the database's account cannot enter. */
const SYSTEM_FOLDER = '/var/lib/proviso';
export const SUPERUSER = 'proviso';

/** A database cluster on disk, ready to be served. */
export interface Cluster {
  /** Holds data, password, log and the owner's process id. */
  readonly folder: string;
  readonly data: string;
  readonly password: string;
  readonly account: Account;
  readonly binaries: Binaries;
}

/**
 * Finds or makes the cluster of `dataDir`. As root its folder lies under `/var/lib/proviso`, named for a hash of
 * `dataDir`, where the database's account cannot enter `dataDir` itself; `folder` overrides that.
 */
export async function openCluster(
  account: Account,
  dataDir: string,
  override: string | undefined,
): Promise<Cluster> {
  const folder = override ?? (await chooseFolder(account, resolve(dataDir)));
  // parents are made enterable: the account must pass them on its way
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await giveTo(account, folder);
  if (!(await canEnter(account, folder))) {
    throw new GatewayError('internal', {
      details:
        'The account of the embedded database cannot enter its folder; set PG_DATA_DIR or DATABASE_URL.',
    });
  }
  const binaries = await findBinaries(account, account.dropped ? SYSTEM_FOLDER : folder);
  const cluster = { folder, data: join(folder, 'data'), account, binaries };
  const password = await readOrMakePassword(cluster.folder, account);
  if (!(await exists(join(cluster.data, 'PG_VERSION')))) {
    await initialise({ ...cluster, password });
  }
  return { ...cluster, password };
}

async function chooseFolder(account: Account, dataDir: string): Promise<string> {
  if (await canEnter(account, dataDir)) {
    return join(dataDir, 'postgres');
  }
  return join(SYSTEM_FOLDER, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
}

async function readOrMakePassword(folder: string, account: Account): Promise<string> {
  const path = join(folder, 'password');
  if (!(await exists(path))) {
    await writeFile(`${path}.new`, randomBytes(32).toString('base64url'), { mode: 0o600 });
    await giveTo(account, `${path}.new`);
    await rename(`${path}.new`, path);
  }
  return readFile(path, 'utf8');
}

/** initdb writes PG_VERSION early, so it works beside the final place and a rename says that it came to its end. */
async function initialise(cluster: Cluster): Promise<void> {
  const making = `${cluster.data}.new`;
  await rm(making, { recursive: true, force: true });
  const child = spawn(
    cluster.binaries.initdb,
    [
      `--pgdata=${making}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${join(cluster.folder, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    {
      uid: cluster.account.uid,
      gid: cluster.account.gid,
      env: { TZ: 'UTC' },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let complaint = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new GatewayError('internal', {
      details: `initdb failed: ${complaint.trim().replaceAll('\n', ' ')}`,
    });
  }
  await rename(making, cluster.data);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
