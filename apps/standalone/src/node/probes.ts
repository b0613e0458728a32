import type { Config, Role } from '#config';
import { agedFrom } from '#consent';
import type { PartsProbe, PartState } from '#http';
import type { SourceHealth } from '../../../ingest/src/source-health.js';
import type { Integrity } from '../../../ledger/src/monitor/integrity.js';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import { freshnessOf } from './freshness.js';
import type { Ground } from './storage.js';
import type { Stores } from './stores.js';

const UP: PartState = { kind: 'up' };

/** What the probes of a node look at. */
export interface ProbeSources {
  readonly config: Config;
  readonly ground: Ground;
  readonly chain: OpenChain;
  readonly stores: Stores;
  readonly clock: () => number;
  readonly health: SourceHealth;
  readonly integrity: Integrity;
}

/** Which roles a part matters to; the others do not speak of it. */
const SPOKEN_OF: Readonly<Record<string, readonly Role[]>> = {
  chain: ['gateway', 'ledger'],
  projection: ['gateway', 'ledger', 'audit'],
  sources: ['gateway', 'ingest'],
};

/**
 * What readiness looks at, by what this process does. Without the database nothing is answered; without the chain what
 * rests on consent is held back.
 */
export function partsProbes(options: ProbeSources): readonly PartsProbe[] {
  const roles = new Set<Role>(options.config.NODE_ROLES);
  return [...probesOfStore(options), ...probesOfChain(options), probeOfSources(options)].filter(
    ({ part }) => SPOKEN_OF[part]?.some((role) => roles.has(role)) ?? true,
  );
}

function probesOfStore({ ground, integrity }: ProbeSources): readonly PartsProbe[] {
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
  ];
}

function probesOfChain({ config, chain, stores, clock }: ProbeSources): readonly PartsProbe[] {
  const { ageBy, stalenessMs } = freshnessOf(config);
  return [
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
  ];
}

function probeOfSources({ health }: ProbeSources): PartsProbe {
  return {
    part: 'sources',
    required: false,
    look: () =>
      Promise.resolve(health.down().length === 0 ? UP : { kind: 'degraded', note: 'some are down' }),
  };
}
