import { toBase64 } from '#digest';
import type { LogKey, PinnedChain, Policy } from './policy.js';
import { encodeVkey } from './vkey.js';

/** Writes a policy; `parsePolicy` gives it back. */
export function writePolicy(policy: Policy): string {
  const lines = [
    ...policy.logs.map(logLine),
    ...policy.witnesses.map(({ name, key, url }) => line('witness', name, encodeVkey(key), url)),
    ...policy.groups.map(({ name, threshold, members }) =>
      line('group', name, String(threshold), ...members),
    ),
    line('quorum', policy.quorum),
    ...policy.gateways.map(({ name, publicKey }) => line('gateway', name, toBase64(publicKey))),
    ...policy.chains.flatMap(chainLines),
    ...(policy.stalenessS === undefined ? [] : [line('staleness', String(policy.stalenessS))]),
  ];
  return `${lines.join('\n')}\n`;
}

function logLine({ key, url, fromSize, toSize }: LogKey): string {
  const sizes = fromSize === 0n && toSize === undefined ? undefined : `sizes=${fromSize}-${toSize ?? ''}`;
  return line('log', encodeVkey(key), url, sizes);
}

function chainLines({ id, genesis, development, contracts }: PinnedChain): string[] {
  return [
    line('chain', id, genesis, development ? 'development' : undefined),
    ...contracts.map(({ address, codeHash }) => line('contract', id, address, codeHash)),
  ];
}

function line(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(' ');
}
