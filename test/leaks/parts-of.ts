import { uuidv7 } from '#digest';
import { makeVersionId } from '#store';
import { Admission } from '#http';
import { isJudged, storageFault } from '#store';
import { NoticeHub } from '../../apps/gateway/src/notices/notice-hub.js';
import type { Parts } from '../../apps/gateway/src/parts.js';
import { NOW_MS, seeded } from './inputs.js';

/** Base of the API in every test here. */
export const FHIR_BASE = 'https://gateway.test/fhir/R4';

/** What a system of the tests gives by itself. */
export type Given = Pick<
  Parts,
  'clock' | 'authenticate' | 'resources' | 'rules' | 'log' | 'projection' | 'incident' | 'keyedWrites'
>;

const LIMITS: Parts['limits'] = {
  pages: { defaultCount: 20, maxCount: 200 },
  answerBytes: 10_000_000,
  writtenBytes: 1_048_576,
  refreshMs: 1000,
  writeKeyMs: 86_400_000,
  stalenessMs: 60_000,
  ageBy: 'contact',
  blockLagMs: undefined,
};

const TRAIL: Pick<Parts, 'origin' | 'accesses' | 'records' | 'notices'> = {
  notices: new NoticeHub({
    source: { position: untouched, after: untouched },
    streamsMax: 0,
    streamsPerClient: 0,
    waitingBytes: 0,
    pollMs: 1,
    heartbeatMs: 1,
    clock: () => 0,
  }),
  origin: 'gateway.test/log/default',
  accesses: {
    page: untouched,
    after: untouched,
    ofEvent: untouched,
    counts: untouched,
    position: untouched,
    recordsOf: untouched,
  },
  records: { openRecord: untouched },
};

const CAPABILITIES: Parts['capabilities'] = {
  base: FHIR_BASE,
  version: '0',
  date: '2026-01-01',
  authorizeUrl: 'https://gateway.test/oauth/auth',
  tokenUrl: 'https://gateway.test/oauth/token',
};

const NO_VENDOR: Parts['writes'] = {
  takes: () => false,
  takerOf: () => Promise.resolve(undefined),
  write: untouched,
};

/** The parts of a gateway that answers questions and nothing else: what no question may touch throws. */
export function partsOf(given: Given): Parts {
  let ids = 0;
  return {
    ...given,
    admission: new Admission(1_000),
    tenant: 'default',
    ...TRAIL,
    fhirBase: FHIR_BASE,
    capabilities: CAPABILITIES,
    refresh: () => Promise.resolve([]),
    writes: NO_VENDOR,
    newId: (timeMs) => uuidv7(timeMs, seeded(`id ${String((ids += 1))}`, 10)),
    newVersionId: () => makeVersionId((bytes) => seeded(`version ${String((ids += 1))}`, bytes)),
    bindingLeaf: () => Promise.resolve('ab'.repeat(32)),
    lastSealedMs: () => NOW_MS - 1000,
    unidentified: () => undefined,
    storageFault,
    isJudged,
    limits: LIMITS,
    pokeRelayer: untouched,
    smartConfiguration: untouched,
    publishedCheckpoint: untouched,
    get tokens() {
      return untouched();
    },
    get receipts() {
      return untouched();
    },
    get desk() {
      return untouched();
    },
    get challenges() {
      return untouched();
    },
    get filings() {
      return untouched();
    },
    get links() {
      return untouched();
    },
    get inbox() {
      return untouched();
    },
  };
}

function untouched(): never {
  throw new Error('no question may touch this part');
}
