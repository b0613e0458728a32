import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Why this user must not write in the folder of a gateway: the high-water file that it leaves there would be its own, and a
 * gateway that cannot read it does not start.
 */
export function ownerFault(dataDir: string, uid = process.getuid?.()): string | undefined {
  const file = join(dataDir, 'high-water.json');
  const owner = statSync(existsSync(file) ? file : dataDir).uid;
  if (uid === undefined || uid === owner) return undefined;
  return `${dataDir} is of the user ${owner}, and this is ${uid}: run the command as the user of the gateway.`;
}
