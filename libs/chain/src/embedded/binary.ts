import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GatewayError } from '#outcome';

/** Where the node's binary lies, for this platform. Throws `not-implemented`, naming the setting that replaces it. */
export function anvilBinary(
  platform: string = process.platform,
  arch: string = process.arch,
  resolve: (name: string) => string = createRequire(import.meta.url).resolve,
): string {
  const cpu = arch === 'x64' ? 'amd64' : arch;
  const system = platform === 'win32' ? 'win32' : platform;
  const name = `@foundry-rs/anvil-${system}-${cpu}`;
  try {
    const folder = dirname(resolve(`${name}/package.json`));
    return join(folder, 'bin', platform === 'win32' ? 'anvil.exe' : 'anvil');
  } catch (cause) {
    throw new GatewayError('not-implemented', {
      details: `no embedded chain for ${platform} ${arch}: set CHAIN_MODE=external, and CHAIN_RPC_URLS and what pins a chain of your own (docs/config.md)`,
      cause,
    });
  }
}
