import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config, Keyring } from '#config';
import type { Addresses } from './addresses.js';

/** What a node is composed from. */
export interface NodeOptions {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly addresses: Addresses;
  readonly log: Logger;
  readonly metrics: Registry;
}
