import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config, Keyring } from '#config';
import type { ReportIncident } from './incidents.js';
import type { SealedTime } from './sealed-time.js';
import type { Ground } from './storage.js';
import type { Stores } from './stores.js';

/** What followers are made of. */
export interface FollowedNode {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly ground: Ground;
  readonly stores: Stores;
  readonly sealed: SealedTime;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly incident: ReportIncident;
  readonly clock: () => number;
}
