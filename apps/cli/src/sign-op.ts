import { signOps } from '#chain';
import type { GrantOp, Hex } from '#consent';
import type { PersonKey } from './person-key.js';
import type { ReadyFile } from './ready-file.js';
import { registryOf } from './registry.js';

/** An operation on a grant as the person's key signs it. `deadline` is in Unix seconds, 0 where there is none. */
export interface UnsignedOp {
  readonly subject: Hex;
  readonly op: GrantOp;
  readonly deadline: number;
}

/** The person's signature over an operation, at the epochs that the contract has for the subject. */
export async function signOp(ready: ReadyFile, key: PersonKey, unsigned: UnsignedOp): Promise<Hex> {
  const { subject, op, deadline } = unsigned;
  const registry = registryOf(ready);
  const { epoch, keyEpoch } = await registry.epochs(subject);
  const message = { subject, epoch, keyEpoch, deadline: BigInt(deadline), ops: [op] };
  return signOps(key.privateKey, registry.domain, message);
}
