import { chown, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GatewayError } from '#outcome';

/** The operating system account that runs the database. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Whether it differs from the account of this process, so that it must be able to enter every folder. */
  readonly dropped: boolean;
}

const EXECUTE = { user: 0o100, group: 0o010, other: 0o001 } as const;

/**
 * PostgreSQL refuses to run as root. An ordinary user runs it himself; root hands it to `postgres`, else to `nobody`.
 * An id without an entry in the account file would not do, since the server looks its name up.
 */
export async function databaseAccount(): Promise<Account> {
  const uid = process.getuid?.() ?? -1;
  const gid = process.getgid?.() ?? -1;
  if (uid !== 0) {
    return { uid, gid, dropped: false };
  }
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = lines.find((fields) => fields[0] === name);
    if (entry !== undefined) {
      return { uid: Number(entry[2]), gid: Number(entry[3]), dropped: true };
    }
  }
  throw new GatewayError('internal', {
    details: 'Root cannot run the embedded database and has no account to give it to; set DATABASE_URL.',
  });
}

/** Whether `account` may pass through `folder` and everything above it. */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  if (!account.dropped) {
    return true;
  }
  const found = await stat(folder).catch(() => undefined);
  if (found !== undefined && (found.mode & executeBit(account, found)) === 0) {
    return false;
  }
  const above = dirname(folder);
  return above === folder ? true : canEnter(account, above);
}

/** Gives a file or folder to the account, where this process may. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (account.dropped) {
    await chown(path, account.uid, account.gid);
  }
}

function executeBit(account: Account, owner: { readonly uid: number; readonly gid: number }): number {
  if (owner.uid === account.uid) {
    return EXECUTE.user;
  }
  return owner.gid === account.gid ? EXECUTE.group : EXECUTE.other;
}
