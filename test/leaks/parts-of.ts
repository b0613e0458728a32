import { uuidv7 } from '#digest';
import { Admission } from '../../apps/gateway/src/admission.js';
import type { Parts } from '../../apps/gateway/src/parts.js';
import { NOW_MS, seeded } from './inputs.js';

/** Base of the API in every test here. */
export const FHIR_BASE = 'https://gateway.test/fhir/R4';

/** What a system of the tests gives by itself. */
export type Given = Pick<
  Parts,
  'clock' | 'authenticate' | 'resources' | 'rules' | 'log' | 'projection' | 'incident'
>;

const LIMITS: Parts['limits'] = {
  pages: { defaultCount: 20, maxCount: 200 },
  answerBytes: 10_000_000,
  refreshMs: 1000,
  stalenessMs: 60_000,
  ageBy: 'contact',
  blockLagMs: undefined,
};

/** The parts of a gateway that answers questions and nothing else: what no question may touch throws. */
export function partsOf(given: Given): Parts {
  let ids = 0;
  return {
    ...given,
    admission: new Admission(1_000),
    tenant: 'default',
    fhirBase: FHIR_BASE,
    capabilities: {
      base: FHIR_BASE,
      version: '0',
      date: '2026-01-01',
      authorizeUrl: 'https://gateway.test/oauth/auth',
      tokenUrl: 'https://gateway.test/oauth/token',
    },
    refresh: () => Promise.resolve([]),
    newId: (timeMs) => uuidv7(timeMs, seeded(`id ${String((ids += 1))}`, 10)),
    bindingLeaf: () => Promise.resolve('ab'.repeat(32)),
    lastSealedMs: () => NOW_MS - 1000,
    unidentified: () => undefined,
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
