import { addressOf, asHex } from '#chain';
import { uuidv7 } from '#digest';
import { Admission } from '#http';
import { bearerOf, type AuthorizationServer } from '#oauth';
import { isJudged, makeVersionId, RecordReceipts, storageFault } from '#store';
import { Challenges } from '../../../gateway/src/consent/challenges.js';
import { NoticeHub } from '../../../gateway/src/notices/notice-hub.js';
import { noticesOf } from '../../../gateway/src/notices/notices-of.js';
import type { Parts } from '../../../gateway/src/parts.js';
import { logIdentity, originOf } from '../policy-file.js';
import { bindingLeaves } from './binding-leaves.js';
import type { GatewaySources } from './gateway-sources.js';
import { chainDesk } from './desk.js';
import { freshnessOf } from './freshness.js';
import { projectionView } from './projection-view.js';
import { publishedCheckpoint } from './published-checkpoint.js';
import type { UnidentifiedTally } from './unidentified-tally.js';

const STARTED = new Date().toISOString();
const VERSION = '0.1.0';
const MS_PER_S = 1_000;
const DAY_MS = 86_400_000;

/** Everything that a gateway's parts are made of. */
export interface PartsSources extends GatewaySources {
  readonly tally: UnidentifiedTally;
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
    keyedWrites: stores.keyedWrites,
    projection: projectionView(stores.projection, sealed),
    refresh: from.refresh,
    writes: from.writes,
    clock,
    newId: (timeMs) => uuidv7(timeMs, random(10)),
    newVersionId: () => makeVersionId(random),
    lastSealedMs: () => sealed.newestMs(),
    unidentified: (code) => from.tally.note(code),
    incident: from.incident,
    storageFault,
    isJudged,
    limits: {
      pages: { defaultCount: config.PAGE_DEFAULT, maxCount: config.PAGE_MAX },
      answerBytes: config.RESPONSE_LIMIT_BYTES,
      writtenBytes: config.BODY_LIMIT_BYTES,
      refreshMs: config.SOURCE_REFRESH_TIMEOUT_MS,
      writeKeyMs: config.WRITE_KEY_DAYS * DAY_MS,
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

function consentParts({ chain, pinned, keyring, stores, poke, random }: PartsSources) {
  return {
    desk: chainDesk({
      chain,
      domain: { chainId: pinned.chainId, contract: pinned.consentRegistry },
      sender: addressOf(asHex(keyring.relayer, 32)),
      heads: stores.heads,
    }),
    challenges: new Challenges(keyring.cursor, random),
    filings: stores.filings,
    pokeRelayer: poke,
  };
}

/** Who looked into whose record, and the streams that tell of it. */
function trailParts({ config, addresses, stores }: PartsSources) {
  const { accesses, records } = stores;
  const { fhirBase } = addresses;
  const notices = new NoticeHub({
    source: noticesOf({ accesses, records, fhirBase }),
    streamsMax: config.NOTICE_STREAMS_MAX,
    streamsPerClient: config.NOTICE_STREAMS_PER_CLIENT,
    waitingBytes: config.NOTICE_WAITING_BYTES,
    pollMs: config.NOTICE_POLL_MS,
    heartbeatMs: config.NOTICE_HEARTBEAT_S * MS_PER_S,
    clock: () => performance.now(),
  });
  return { accesses, records, notices, origin: originOf(config) };
}

function logParts(from: PartsSources) {
  const { config, keyring, ground, stores, sealed, clock } = from;
  const { pool } = ground;
  return {
    log: sealed.log,
    ...trailParts(from),
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
