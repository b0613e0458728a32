import { codeHashOf } from '#chain';
import type { Hex } from '#consent';
import { chainResetCheck, type PinnedChain } from './chain-reset.js';
import { FakeAnchors, FakeChain, hash, LOG_ID, PLACE } from './testing/fake-chain.js';

const CONSENT: Hex = `0x${'c'.repeat(40)}`;
const ANCHOR: Hex = `0x${'b'.repeat(40)}`;
const PINNED: PinnedChain = {
  chainId: '7',
  genesisHash: hash('block 0'),
  consentRegistry: CONSENT,
  consentCodeHash: codeHashOf('0x60'),
  anchorRegistry: ANCHOR,
  anchorCodeHash: codeHashOf('0x61'),
};

describe('chain-reset', () => {
  let chain: FakeChain;
  let anchors: FakeAnchors;
  const look = () =>
    chainResetCheck({
      node: chain,
      contract: chain,
      anchors,
      place: PLACE,
      logId: LOG_ID,
      pinned: PINNED,
    }).look();
  const lost = async () => (await look()).map((finding) => ('lost' in finding ? finding.lost : finding.kind));
  beforeEach(() => {
    chain = new FakeChain();
    chain.codes.set(CONSENT, '0x60').set(ANCHOR, '0x61');
    anchors = new FakeAnchors();
    anchors.note(4n, new Uint8Array(32), 'final');
    anchors.note(9n, new Uint8Array(32), 'included');
    chain.anchor(9n, new Uint8Array(32));
  });

  it('finds nothing on the chain that is pinned, with all that was final on it', async () => {
    expect(await look()).toEqual([]);
  });

  it('does not take back what was not final yet', async () => {
    chain.anchor(4n, new Uint8Array(32));
    expect(await look()).toEqual([]);
  });

  it('names a head that is smaller than the newest final anchor', async () => {
    chain.anchor(3n, new Uint8Array(32));
    expect(await look()).toEqual([{ kind: 'chain-reset', lost: 'head', expected: '4', found: '3' }]);
    chain.log = undefined;
    expect(await look()).toEqual([{ kind: 'chain-reset', lost: 'head', expected: '4', found: '0' }]);
  });

  it('names another id, genesis block or code', async () => {
    chain.id = 8n;
    expect(await lost()).toEqual(['chain-id']);
    chain.id = 7n;
    chain.hashOf = () => hash('other');
    expect(await lost()).toEqual(['genesis']);
    chain.hashOf = (number) => hash(`block ${number}`);
    chain.codes.set(CONSENT, '0x99');
    expect(await lost()).toEqual(['consent-code']);
  });

  it('names a contract that is gone, and the heads that it held', async () => {
    chain.codes.delete(ANCHOR);
    expect(await lost()).toEqual(['anchor-code', 'head']);
  });

  it('cannot look while the node is silent', async () => {
    chain.isSilent = true;
    await expect(look()).rejects.toMatchObject({ fault: { kind: 'timeout' } });
  });
});
