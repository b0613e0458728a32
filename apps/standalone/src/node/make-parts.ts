import type { Logger } from 'pino';
import { addressOf, asHex } from '#chain';
import type { Config, Keyring } from '#config';
import { uuidv7 } from '#digest';
import { bearerOf, type AuthorizationServer } from '#oauth';
import { RecordReceipts } from '#store';
import { Admission } from '../../../gateway/src/admission.js';
import { Challenges } from '../../../gateway/src/consent/challenges.js';
import type { Parts } from '../../../gateway/src/parts.js';
import type { LedgerWorker } from '../../../ledger/src/ledger-worker.js';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import { logIdentity, originOf } from '../policy-file.js';
import type { Addresses } from './addresses.js';
import { bindingLeaves } from './binding-leaves.js';
import { chainDesk } from './desk.js';
import { freshnessOf } from './freshness.js';
import type { Pinned } from './open-ledger.js';
import { projectionView } from './projection-view.js';
import { publishedCheckpoint } from './published-checkpoint.js';
import type { SealedTime } from './sealed-time.js';
import type { NodeIntake } from './start-intake.js';
import type { Ground } from './storage.js';
import type { Stores } from './stores.js';
import type { UnidentifiedTally } from './unidentified-tally.js';

const STARTED = new Date().toISOString();
const VERSION = '0.1.0';

/** Everything that a node's parts are made of. */
export interface PartsSources {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly addresses: Addresses;
  readonly log: Logger;
  readonly incident: Parts['incident'];
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly ground: Ground;
  readonly stores: Stores;
  readonly chain: OpenChain;
  readonly pinned: Pinned;
  readonly sealed: SealedTime;
  readonly tally: UnidentifiedTally;
  readonly ledger: LedgerWorker;
  readonly intake: NodeIntake;
  readonly authorization: AuthorizationServer;
}

/** The gateway's parts, from the adapters of a node. */
export function makeParts(from: PartsSources): Parts {
  const { config, addresses, stores, sealed, clock, random } = from;
  return {
    ...accessParts(from),
    ...consentParts(from),
    ...logParts(from),
    admission: new Admission(config.CLIENT_IN_FLIGHT_MAX),
    tenant: config.TENANT,
    fhirBase: addresses.fhirBase,
    resources: stores.resources,
    rules: stores.rules,
    links: stores.links,
    inbox: stores.inbox,
    projection: projectionView(stores.projection),
    refresh: from.intake.refresh,
    clock,
    newId: (timeMs) => uuidv7(timeMs, random(10)),
    lastSealedMs: () => sealed.newestMs(),
    unidentified: (code) => from.tally.note(code),
    incident: from.incident,
    limits: {
      pages: { defaultCount: config.PAGE_DEFAULT, maxCount: config.PAGE_MAX },
      answerBytes: config.RESPONSE_LIMIT_BYTES,
      refreshMs: config.SOURCE_REFRESH_TIMEOUT_MS,
      ...freshnessOf(config),
    },
  };
}

function accessParts({ addresses, authorization, stores }: PartsSources) {
  return {
    capabilities: {
      base: addresses.fhirBase,
      version: VERSION,
      date: STARTED,
      authorizeUrl: `${addresses.issuer}/auth`,
      tokenUrl: addresses.tokenUrl,
    },
    smartConfiguration: () => authorization.smartConfiguration(),
    authenticate: (authorization_: string | undefined) =>
      authorization.authenticate(bearerOf(authorization_)),
    tokens: stores.tokens,
  };
}

function consentParts({ chain, pinned, keyring, stores, ledger, random }: PartsSources) {
  return {
    desk: chainDesk({
      chain,
      domain: { chainId: pinned.chainId, contract: pinned.consentRegistry },
      sender: addressOf(asHex(keyring.relayer, 32)),
      heads: stores.heads,
    }),
    challenges: new Challenges(keyring.cursor, random),
    filings: stores.filings,
    pokeRelayer: () => ledger.poke(),
  };
}

function logParts({ config, keyring, ground, stores, sealed, clock }: PartsSources) {
  const { pool } = ground;
  return {
    log: sealed.log,
    receipts: new RecordReceipts({
      pool,
      tenant: config.TENANT,
      log: sealed.log,
      records: stores.records,
      anchors: stores.anchors,
      vkeys: logIdentity(config, keyring).vkeys,
    }),
    publishedCheckpoint: publishedCheckpoint(sealed.log, keyring, { origin: originOf(config), clock }),
    bindingLeaf: bindingLeaves(pool, config.TENANT),
  };
}
