import type { Config } from '#config';
import { agedFrom } from '#consent';
import type { PartsProbe, PartState } from '#http';
import type { SourceHealth } from '../../../ingest/src/source-health.js';
import type { Integrity } from '../../../ledger/src/monitor/integrity.js';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import { freshnessOf } from './freshness.js';
import type { Ground } from './storage.js';
import type { Stores } from './stores.js';

const UP: PartState = { kind: 'up' };

/** What readiness looks at. Without the database nothing is answered; without the chain what rests on consent is held back. */
export function partsProbes(options: {
  readonly config: Config;
  readonly ground: Ground;
  readonly chain: OpenChain;
  readonly stores: Stores;
  readonly clock: () => number;
  readonly health: SourceHealth;
  readonly integrity: Integrity;
}): readonly PartsProbe[] {
  const { config, ground, chain, stores, clock, health, integrity } = options;
  const { ageBy, stalenessMs } = freshnessOf(config);
  return [
    {
      part: 'database',
      required: true,
      look: async () => {
        await ground.pool.query('select 1');
        return UP;
      },
    },
    { part: 'integrity', required: true, look: () => Promise.resolve(integrity.state()) },
    {
      part: 'chain',
      required: false,
      look: async () => {
        await chain.node.blockNumber();
        return UP;
      },
    },
    {
      part: 'projection',
      required: false,
      look: async () => {
        const state = await stores.projection.state();
        if (state === undefined) return { kind: 'down', note: 'not begun' };
        const isOld = clock() - agedFrom(state, ageBy) > stalenessMs;
        return isOld ? { kind: 'degraded', note: 'behind' } : UP;
      },
    },
    {
      part: 'sources',
      required: false,
      look: () =>
        Promise.resolve(health.down().length === 0 ? UP : { kind: 'degraded', note: 'some are down' }),
    },
  ];
}
