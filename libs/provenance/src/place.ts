import type { BindingProof } from './bundle.js';
import { decodeEntry } from './entry.js';
import type { Policy } from './policy.js';
import type { TreeHead } from './ports.js';
import type { EntryClass } from './record.js';
import { hashLeaf } from './tree-hash.js';
import { isSignedByGateway } from './verify-entry.js';
import { verifyInclusion } from './verify-proof.js';

/** Where the record stands, and by which head and policy other entries are judged. */
export interface Place {
  readonly index: bigint;
  readonly head: TreeHead;
  readonly policy: Policy;
}

/** Whether another entry is of this log and class, signed by a gateway and in the same tree. */
export function isEntryOf(proof: BindingProof, entryClass: EntryClass, { head, policy }: Place): boolean {
  const { origin, size, root } = head;
  const claim = { leaf: hashLeaf(proof.entry), index: proof.index, size, root };
  return (
    decodeEntry(proof.entry)?.class === entryClass &&
    isSignedByGateway(proof.entry, origin, policy) === true &&
    verifyInclusion(claim, proof.path)
  );
}
