import { RpcError, type AnchoredLog } from '#chain';
import type { Hex } from '#consent';
import { headsOnChain } from './heads-on-chain.js';

const LOG_ID: Hex = `0x${'a'.repeat(64)}`;
const held: AnchoredLog = {
  root: `0x${'07'.repeat(32)}`,
  size: 9n,
  seq: 1n,
  time: 0,
  frozen: false,
  operator: `0x${'1'.repeat(40)}`,
  fromSize: 0n,
  keyEpoch: 0,
  admin: `0x${'1'.repeat(40)}`,
  vkeyHash: LOG_ID,
};

describe('headsOnChain', () => {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  beforeEach(() => said.splice(0));

  it('gives what the contract holds of the log', async () => {
    const contract = { head: async (logId: Hex) => (logId === LOG_ID ? held : undefined) };
    expect(await headsOnChain(contract, LOG_ID, say)).toEqual([
      { source: 'chain', size: 9n, root: new Uint8Array(32).fill(7) },
    ]);
    expect(said).toEqual([]);
  });

  it('gives nothing before the first anchor', async () => {
    const opened = { head: async () => ({ ...held, size: 0n }) };
    expect(await headsOnChain(opened, LOG_ID, say)).toEqual([]);
    expect(await headsOnChain({ head: async () => undefined }, LOG_ID, say)).toEqual([]);
    expect(said).toEqual([]);
  });

  it('says so where the chain is silent, or none is named', async () => {
    const silent = { head: () => Promise.reject(new RpcError({ kind: 'timeout', timeoutMs: 1 })) };
    expect(await headsOnChain(silent, LOG_ID, say)).toEqual([]);
    expect(await headsOnChain(undefined, LOG_ID, say)).toEqual([]);
    expect(said).toEqual([
      expect.stringContaining('The chain does not answer'),
      expect.stringContaining('No chain is named'),
    ]);
  });

  it('hides no other failure', async () => {
    const broken = { head: () => Promise.reject(new TypeError('broken')) };
    await expect(headsOnChain(broken, LOG_ID, say)).rejects.toThrow('broken');
  });
});
