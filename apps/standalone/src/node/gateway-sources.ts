import type { Parts } from '../../../gateway/src/parts.js';
import type { NodeOptions } from './node-options.js';
import type { OpenedNode } from './pass-gates.js';

/** What a gateway is made of, beside what every role rests on. */
export interface GatewaySources extends NodeOptions, OpenedNode {
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Wakes the relayer, where it is in this process; another process finds the work by itself. */
  readonly poke: () => void;
  readonly refresh: Parts['refresh'];
  readonly writes: Parts['writes'];
}
