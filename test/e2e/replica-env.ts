import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_FILES, type Role } from '#config';

/** What a replica is: its name, and what it does. */
export interface ReplicaSpec {
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Settings of a replica, beside what all of them share: a name, a key and a folder of its own; the other keys shared. */
export function replicaEnv({ name, roles }: ReplicaSpec, folder: string): Readonly<Record<string, string>> {
  const dataDir = join(folder, 'nodes', name);
  mkdirSync(dataDir, { recursive: true });
  const keys = Object.values(KEY_FILES).map(({ setting, file }) => [setting, join(folder, 'keys', file)]);
  return {
    ...Object.fromEntries(keys),
    GATEWAY_KEY_FILE: join(folder, `keys/gateway-${name}.pem`),
    GATEWAY_ID: name,
    POLICY_FILE: join(folder, 'policy.txt'),
    DATA_DIR: dataDir,
    NODE_ROLES: roles.join(','),
  };
}
