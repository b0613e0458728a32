import { id as hashOf } from 'ethers';
import { Node, RpcError, signOps } from '#chain';
import type { GrantOp } from '#consent';
import { makeAccount, randomHex } from '../../../../libs/chain/src/testing/keys.js';
import { chainDesk } from './desk.js';

const domain = { chainId: 31_337n, contract: randomHex(20) };
const owner = makeAccount();
const subject = randomHex();
const op: GrantOp = { grantId: randomHex(), commitment: randomHex(), kind: 3, from: 0, to: 0, version: 2 };

/** A desk before a contract that refuses every call with the error of this declaration. */
function deskRefusedWith(
  declaration: string,
  epochs?: { readonly epoch: number; readonly keyEpoch: number },
) {
  const data = `${hashOf(declaration).slice(0, 10)}${subject.slice(2)}`;
  const node = new Node({
    call: () =>
      Promise.reject(new RpcError({ kind: 'answer', code: 3, message: 'execution reverted', data })),
  });
  const heads = { epochsOf: () => Promise.resolve(epochs) };
  return chainDesk({ chain: { node }, domain, sender: randomHex(20), heads });
}

/** A revocation signed at these epochs. */
function signed(epoch: number, keyEpoch = 0) {
  const message = { subject, epoch, keyEpoch, deadline: 0n, ops: [op] };
  return {
    subject,
    ops: [op],
    deadline: 0,
    signer: owner.address,
    signature: signOps(owner.key, domain, message),
  };
}

describe('what the contract says of signed operations', () => {
  it('is to be asked again while the opening of the subject is on its way', async () => {
    await expect(deskRefusedWith('NotOpen(bytes32)').tryOps(signed(0))).rejects.toMatchObject({
      code: 'consent-stale',
      retryAfterS: 1,
    });
  });

  it('is the name of any other refusal', async () => {
    expect(await deskRefusedWith('Locked(bytes32)').tryOps(signed(0))).toBe('Locked');
  });
});

describe('the signature of a revocation', () => {
  it('is judged as of the opening while that is not projected', async () => {
    const desk = deskRefusedWith('NotOpen(bytes32)');
    expect(await desk.areOpsSigned(signed(0))).toBe(true);
    expect(await desk.areOpsSigned(signed(1))).toBe(false);
  });

  it('is judged at the epochs that the projection saw', async () => {
    const desk = deskRefusedWith('NotOpen(bytes32)', { epoch: 2, keyEpoch: 1 });
    expect(await desk.areOpsSigned(signed(2, 1))).toBe(true);
    expect(await desk.areOpsSigned(signed(0))).toBe(false);
  });
});
