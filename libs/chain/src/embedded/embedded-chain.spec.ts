import { mkdtemp, readFile, rm, writeFile, appendFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { deployContracts } from '../deploy.js';
import { JsonRpc } from '../json-rpc.js';
import { Node } from '../node.js';
import { makeAccount } from '../testing/keys.js';
import { signTransaction } from '../transaction.js';
import { EmbeddedChain } from './embedded-chain.js';

const GWEI = 1_000_000_000n;

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let poll = 0; poll < 400; poll += 1) {
    if (await condition()) return;
    await delay(25);
  }
  throw new Error('the condition did not come true');
}

async function headers(node: Node) {
  const tip = await node.blockNumber();
  const numbers = Array.from({ length: Number(tip) + 1 }, (_, index) => BigInt(index));
  return Promise.all(numbers.map((number) => node.header(number)));
}

describe('EmbeddedChain', () => {
  let dataDir: string;
  let chain: EmbeddedChain | undefined;
  const deployer = makeAccount();
  const relayer = makeAccount();
  const fund = [deployer.address, relayer.address];

  const start = async (options: { snapshotEveryBlocks?: number } = {}): Promise<Node> => {
    chain = await EmbeddedChain.start({ dataDir, fund, ...options });
    return new Node(new JsonRpc({ urls: [chain.rpcUrl], timeoutMs: 10_000 }));
  };
  const stop = async (): Promise<void> => {
    await chain?.stop();
    chain = undefined;
  };
  const transfer = async (node: Node, nonce: number): Promise<`0x${string}`> => {
    const { raw } = signTransaction(relayer.key, {
      chainId: await node.chainId(),
      nonce,
      to: deployer.address,
      data: '0x',
      gasLimit: 21_000n,
      maxFeePerGas: 2n * GWEI,
      maxPriorityFeePerGas: GWEI,
    });
    return node.send(raw);
  };
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'proviso-chain-'));
  });
  afterEach(async () => {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('makes a chain of its own, with coins for the given accounts only', async () => {
    const node = await start();
    expect(chain?.chainId).toBe(await node.chainId());
    expect([1337n, 31337n]).not.toContain(chain?.chainId);
    expect((await node.header(0n))?.hash).toBe(chain?.genesisHash);
    expect(await node.balance(relayer.address)).toBe(10n ** 27n);
    expect(await node.balance('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266')).toBe(0n);
  });

  it('is the same chain after a stop, with the same hashes, with and without its snapshot', async () => {
    const first = await start({ snapshotEveryBlocks: 3 });
    const contracts = await deployContracts(first.rpc, deployer.key);
    for (let nonce = 0; nonce < 5; nonce += 1) await transfer(first, nonce);
    const before = await headers(first);
    const genesisHash = chain?.genesisHash;
    await stop();
    const second = await start();
    expect(await headers(second)).toEqual(before);
    expect(chain?.genesisHash).toBe(genesisHash);
    expect(await deployContracts(second.rpc, deployer.key)).toEqual(contracts);
    await stop();
    await rm(path.join(dataDir, 'chain', 'snapshot.json'));
    const third = await start();
    expect(await headers(third)).toEqual(before);
    await transfer(third, 5);
    expect(await third.nonce(relayer.address)).toBe(6);
  });

  it('replays the journal where the snapshot is torn or of another chain', async () => {
    const first = await start({ snapshotEveryBlocks: 2 });
    for (let nonce = 0; nonce < 4; nonce += 1) await transfer(first, nonce);
    const before = await headers(first);
    await stop();
    const snapshot = path.join(dataDir, 'chain', 'snapshot.json');
    const text = await readFile(snapshot, 'utf8');
    for (const damaged of [
      '',
      text.slice(0, text.length / 2),
      text.replace(/"state":"0x..../, '"state":"0x0000'),
    ]) {
      await writeFile(snapshot, damaged);
      expect(await headers(await start())).toEqual(before);
      await stop();
    }
  });

  it('drops a line that a crash tore, and refuses a journal that was edited', async () => {
    const first = await start();
    for (let nonce = 0; nonce < 3; nonce += 1) await transfer(first, nonce);
    const before = await headers(first);
    await stop();
    const journal = path.join(dataDir, 'chain', 'journal.ndjson');
    await appendFile(journal, '{"kind":"se');
    expect(await headers(await start())).toEqual(before);
    await stop();
    await rm(path.join(dataDir, 'chain', 'snapshot.json'), { force: true });
    const text = await readFile(journal, 'utf8');
    await writeFile(
      journal,
      text.replace(/"time":(\d+)/, (_, time: string) => `"time":${Number(time) + 1}`),
    );
    await expect(start()).rejects.toMatchObject({ code: 'integrity-failure' });
    await writeFile(journal, text.replace('"kind":"block"', '"kind":"blick"'));
    await expect(start()).rejects.toMatchObject({ code: 'integrity-failure' });
    await writeFile(journal, text);
    expect(await headers(await start())).toEqual(before);
  });

  it('brings the node back when it is killed, and mines what was in flight', async () => {
    const node = await start();
    await transfer(node, 0);
    const before = await headers(node);
    const killed = chain?.nodePid ?? 0;
    process.kill(killed, 'SIGKILL');
    await until(async () => chain?.nodePid !== killed && (await node.blockNumber().catch(() => 0n)) === 1n);
    expect(await headers(node)).toEqual(before);
    await transfer(node, 1);
    expect(await node.blockNumber()).toBe(2n);
  });

  it('refuses a second owner of its folder, and another account than those it funded', async () => {
    const node = await start();
    expect(await node.blockNumber()).toBe(0n);
    const marks = path.join(dataDir, 'chain', 'owner.json');
    const own = await readFile(marks, 'utf8');
    // Process 1 runs for as long as the machine does.
    const stat = await readFile('/proc/1/stat', 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    await writeFile(marks, JSON.stringify({ owner: { pid: 1, started }, node: null }));
    await expect(EmbeddedChain.start({ dataDir, fund })).rejects.toMatchObject({ code: 'version-conflict' });
    await writeFile(marks, own);
    await stop();
    const stranger = makeAccount().address;
    await expect(EmbeddedChain.start({ dataDir, fund: [stranger] })).rejects.toMatchObject({
      code: 'version-conflict',
    });
  });

  it('answers a refused transaction with an error, and nothing happened', async () => {
    const node = await start();
    await expect(transfer(node, 3)).rejects.toMatchObject({
      fault: { kind: 'answer', message: 'nonce too high' },
    });
    await transfer(node, 0);
    await expect(transfer(node, 0)).rejects.toMatchObject({
      fault: { kind: 'answer', message: 'nonce too low' },
    });
    const poor = makeAccount();
    const { raw } = signTransaction(poor.key, {
      chainId: await node.chainId(),
      nonce: 0,
      to: deployer.address,
      data: '0x',
      gasLimit: 21_000n,
      maxFeePerGas: 2n * GWEI,
      maxPriorityFeePerGas: GWEI,
    });
    await expect(node.send(raw)).rejects.toMatchObject({ fault: { kind: 'answer' } });
    expect(await node.blockNumber()).toBe(1n);
    const before = await headers(node);
    await stop();
    expect(await headers(await start())).toEqual(before);
  });

  it('keeps closed what rewrites a chain, and bounds what it takes', async () => {
    await start();
    const url = chain?.rpcUrl ?? '';
    const post = async (body: string, headersOf: Record<string, string> = {}) =>
      fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headersOf },
      });
    for (const method of [
      'anvil_setBalance',
      'evm_mine',
      'hardhat_reset',
      'eth_sendTransaction',
      'debug_traceCall',
    ]) {
      const response = await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }));
      expect(await response.json()).toMatchObject({ id: 1, error: { code: -32601 } });
    }
    expect(await (await post('{')).json()).toMatchObject({ error: { code: -32700 } });
    expect(await (await post('[]')).json()).toMatchObject({ error: { code: -32600 } });
    expect(await (await post('7')).json()).toMatchObject({ error: { code: -32600 } });
    const chainId = { jsonrpc: '2.0', id: 'a', method: 'eth_chainId', params: [] };
    expect(await (await post(JSON.stringify([chainId, { ...chainId, id: 2 }]))).json()).toMatchObject([
      { id: 'a', result: `0x${chain?.chainId.toString(16)}` },
      { id: 2 },
    ]);
    const raw = { jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: ['0x1234'] };
    expect(await (await post(JSON.stringify(raw))).json()).toMatchObject({ error: { code: -32602 } });
    expect((await fetch(url)).status).toBe(405);
    const large = await post(JSON.stringify({ ...chainId, params: ['x'.repeat(2_000_000)] })).catch(() => ({
      status: 413,
    }));
    expect(large.status).toBe(413);
  });
});
