import { combined } from './steps/combined.js';
import { corrected } from './steps/corrected.js';
import { expired } from './steps/expired.js';
import { granted } from './steps/granted.js';
import { partial } from './steps/partial.js';
import { refused } from './steps/refused.js';
import { repeated } from './steps/repeated.js';
import { revoked } from './steps/revoked.js';
import { served } from './steps/served.js';
import { tampered } from './steps/tampered.js';
import { verified } from './steps/verified.js';
import type { World } from './world.js';

/** One step of the story. */
export interface Step {
  readonly title: string;
  /** Plays it with the first person's patient id; what was seen, or an error where it is not as told. */
  readonly play: (world: World, patient: string) => Promise<string>;
}

/** The story, in order. */
export const STEPS: readonly Step[] = [
  { title: 'An app without a grant is refused, and the refusal is sealed', play: refused },
  { title: 'She signs a grant with her own key; a relayer brings it to the chain', play: granted },
  { title: 'The app asks again and is served, with a receipt', play: served },
  {
    title: 'One Bundle holds what two vendors know of her, each line with its source and its Provenance',
    play: combined,
  },
  {
    title: 'The vendor that sends messages corrects a result: a new version, the old one in history',
    play: corrected,
  },
  { title: 'The same message again makes nothing new', play: repeated },
  { title: 'A vendor is down: the answer is partial, and says so', play: partial },
  { title: 'Anybody verifies the receipt, with the gateway stopped', play: verified },
  { title: 'A grant for ten seconds ends by itself', play: expired },
  { title: 'She revokes', play: revoked },
  { title: 'Somebody with full database rights is found out', play: tampered },
];
