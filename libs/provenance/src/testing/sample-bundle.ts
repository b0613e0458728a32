import { assembleBundle } from '../assemble-bundle.js';
import type { Bundle, BundleAnchor } from '../bundle.js';
import { consistencyProof, inclusionProof } from '../tile-proof.js';
import type { SampleLog } from './sample-log.js';

/** The receipt of a sample record at a size of the log, with the parts that `shown` picks, and the binding at index 0. */
export async function sampleBundle(
  { samples, tree, checkpointAt }: SampleLog,
  name: string,
  shown: (part: string) => boolean = () => true,
  size = BigInt(samples.length),
): Promise<Bundle> {
  const at = samples.findIndex((sample) => sample.name === name);
  const [binding] = samples;
  const sample = samples[at];
  if (sample === undefined || binding === undefined) throw new RangeError('no such sample');
  const path = await inclusionProof(BigInt(at), size, tree.read);
  return assembleBundle({
    entry: sample.built.entry,
    parts: sample.built.parts.filter(({ part }) => shown(part)).map(({ plain }) => plain),
    proof: { index: BigInt(at), path, checkpoint: checkpointAt(size) },
    bindings: [{ entry: binding.built.entry, index: 0n, path: await inclusionProof(0n, size, tree.read) }],
  });
}

/** An anchor of the sample log at an earlier size or at its own. */
export async function sampleAnchor(
  { samples, tree, policy }: SampleLog,
  size: bigint,
  checkpointSize = BigInt(samples.length),
): Promise<BundleAnchor> {
  const [chain] = policy.chains;
  const [contract] = chain?.contracts ?? [];
  if (chain === undefined || contract === undefined) throw new RangeError('no pinned contract');
  return {
    chainId: chain.id,
    contract: contract.address,
    codeHash: contract.codeHash,
    transaction: `0x${'7a'.repeat(32)}`,
    block: '5000',
    blockHash: `0x${'bb'.repeat(32)}`,
    size,
    root: tree.root(size),
    consistency: await (size < checkpointSize
      ? consistencyProof(size, checkpointSize, tree.read)
      : consistencyProof(checkpointSize, size, tree.read)),
  };
}
