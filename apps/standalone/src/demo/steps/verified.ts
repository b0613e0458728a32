import { readFileSync } from 'node:fs';
import { policyFile, receiptFile } from '../names.js';
import { expectThat, flags, mustProviso, proviso, until, type World } from '../world.js';

const NOT_ANCHORED = 2;

/** 8. With the gateway stopped, another process verifies the receipt; after the next anchor it says which one covers it. */
export async function verified(world: World): Promise<string> {
  await world.supervisor.stopNode();
  const trusting = flags({ policy: policyFile(world) });
  const alone = await proviso(world, 'verify', receiptFile(world), ...trusting, '--offline');
  expectThat(
    alone.exitCode === 0 || alone.exitCode === NOT_ANCHORED,
    `verify ended with ${alone.exitCode}: ${alone.stdout}${alone.stderr}`,
  );
  await world.supervisor.startNode({});
  const index = readFileSync(world.file('index.txt'), 'utf8');
  await until(30_000, 'an anchor covers the receipt', async () => {
    const options = flags({ index, client: 'demo-app', out: receiptFile(world) });
    await mustProviso(world, 'receipt', ...options);
    return readFileSync(receiptFile(world), 'utf8').includes('"blockHash"');
  });
  await world.supervisor.stopNode();
  const asking = flags({ rpc: world.running.chain.rpcUrl, 'allow-development-chain': true });
  const anchored = await mustProviso(world, 'verify', receiptFile(world), ...trusting, ...asking);
  const line = anchored.split('\n').find((text) => text.includes('anchor')) ?? '';
  expectThat(line !== '', 'verify does not say which anchor covers the receipt');
  await world.supervisor.startNode({});
  return `valid with the gateway stopped; ${line.trim()}`;
}
