import type { Logger } from 'pino';
import type { Config } from '#config';
import type { LogStore } from '#provenance';
import type { RowChange } from '#store';
import { Anchoring } from '../../../ledger/src/anchoring.js';
import { LedgerWorker } from '../../../ledger/src/ledger-worker.js';
import { whileLeading } from '../../../ledger/src/leader-lock.js';
import type { Integrity } from '../../../ledger/src/monitor/integrity.js';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import { placeOf, type Pinned } from './open-ledger.js';
import type { Ground } from './storage.js';
import type { Stores } from './stores.js';

const MS_PER_S = 1_000;

/** The ledger's workers over a node's stores; not yet started. */
export function startLedger(options: {
  readonly config: Config;
  readonly ground: Ground;
  readonly stores: Stores;
  readonly chain: OpenChain;
  readonly pinned: Pinned;
  readonly integrity: Integrity;
  readonly log: Logger;
  readonly sealed: LogStore<RowChange>;
}): LedgerWorker {
  const { config, ground, stores, chain, pinned, integrity, log, sealed } = options;
  const anchoring = new Anchoring({
    log: sealed,
    anchor: chain.anchor,
    anchors: stores.anchors,
    place: placeOf(pinned, chain),
    isSound: () => integrity.isSound,
  });
  return new LedgerWorker({
    lead: (worker, signal, work) =>
      whileLeading(ground.pool, `proviso/${worker}/${config.TENANT}`, signal, work),
    chain,
    anchoring,
    pollMs: config.CHAIN_POLL_MS,
    anchorEveryMs: config.ANCHOR_EVERY_S * MS_PER_S,
    anchorEveryRecords: config.ANCHOR_EVERY_RECORDS,
    report: (worker, error) => log.warn({ worker, err: error }, 'a worker failed and goes on'),
  });
}
