// A process with an embedded chain, for tests that kill it: node run-chain.mjs <dataDir> <account> ...
// It runs the TypeScript sources as they are.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const libs = new URL('../../../', import.meta.url);

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('#'))
      return next(new URL(`${specifier.slice(1)}/src/index.ts`, libs).href, context);
    if (specifier.startsWith('.') && context.parentURL !== undefined) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return next(source.href, context);
    }
    return next(specifier, context);
  },
});

const { EmbeddedChain } = await import('../embedded/embedded-chain.ts');
const [dataDir = '', ...fund] = process.argv.slice(2);
const chain = await EmbeddedChain.start({ dataDir, fund, snapshotEveryBlocks: 7 });
process.stdout.write(`${JSON.stringify({ rpcUrl: chain.rpcUrl, nodePid: chain.nodePid })}\n`);
