import { randomBytes, randomUUID } from 'node:crypto';
import {
  buildGrantConsent,
  commitmentOf,
  encodeGrantWord,
  parseConsent,
  termsOf,
  type BlockEvents,
  type Hex,
  type RegistryEvent,
} from '#consent';
import type { JsonObject } from '#digest';
import { makeVersionId, prepareVersion, type FilingWrite, type RowChange } from '#store';
import { NOW_MS, type StoreWorld } from '../../libs/store/src/testing/store-world.js';
import { observation } from '../../libs/store/src/testing/world-parts.js';

/** How much there is. */
export interface FillSizes {
  readonly patients: number;
  /** Per patient. */
  readonly observations: number;
  /** Per patient. */
  readonly grants: number;
  /** People with a grant to the client `clinic`. */
  readonly panel: number;
}

const CODES = ['8480-6', '8462-4', '8867-4', '2708-6', '29463-7'];
const CLIENTS = 97;
const BATCH = 100;
const EVENTS_PER_BLOCK = 1000;
const MINUTE_MS = 60_000;

/** Fills a store with the writers that the gateway uses. @returns what it took, in words */
export async function fillStore(world: StoreWorld, sizes: FillSizes): Promise<readonly string[]> {
  const start = performance.now();
  const filings: FilingWrite[] = [];
  for (let from = 0; from < sizes.patients; from += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, sizes.patients - from) }, (_, n) => from + n);
    // oxlint-disable no-await-in-loop -- batch by batch
    await world.apply(numbers.flatMap((n) => patientWrites(world, n, sizes.observations)));
    const filed = numbers.flatMap((n) => grantsOf(world, n, sizes));
    await world.apply(filed.map((filing) => ({ kind: 'filing', filing })));
    // oxlint-enable no-await-in-loop
    filings.push(...filed);
  }
  const filled = `${sizes.patients * (sizes.observations + 1)} versions, ${filings.length} filings in ${since(start)} ms`;
  return [filled, await project(world, filings.map(wordOf))];
}

function patientWrites(world: StoreWorld, n: number, observations: number): readonly RowChange[] {
  const patient = `p${n}`;
  const person = randomUUID();
  world.persons.set(patient, person);
  const resources = [
    { resourceType: 'Patient', id: patient, name: [{ family: `Family${n}` }], birthDate: '1970-01-01' },
    ...Array.from({ length: observations }, (_, o) => observationOf(patient, n, o)),
  ];
  return [
    { kind: 'link', patient, person, grade: 'certain', atMs: NOW_MS },
    ...resources.map((resource) => ({ kind: 'version' as const, version: versionOf(resource) })),
  ];
}

function observationOf(patient: string, n: number, o: number): JsonObject {
  const agoMs = ((n * 7919 + o * 104_729) % 100_000) * MINUTE_MS;
  return observation(`${patient}-o${o}`, patient, {
    code: { coding: [{ system: 'http://loinc.org', code: CODES[o % CODES.length] ?? '' }] },
    effectiveDateTime: new Date(NOW_MS - agoMs).toISOString(),
    valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  });
}

function versionOf(resource: JsonObject) {
  const versionId = makeVersionId((bytes) => randomBytes(bytes));
  return prepareVersion(resource, { source: 'north', versionId, lastUpdatedMs: NOW_MS });
}

function grantsOf(world: StoreWorld, n: number, { grants, panel }: FillSizes): readonly FilingWrite[] {
  return Array.from({ length: grants }, (_, g) =>
    filingOf(world, `p${n}`, g === 0 && n < panel ? 'clinic' : `client-${(n + g) % CLIENTS}`),
  );
}

function filingOf(world: StoreWorld, patient: string, client: string): FilingWrite {
  const bytes = buildGrantConsent({
    patient,
    client,
    effect: 'permit',
    classes: null,
    purposes: ['TREAT'],
    fromMs: -Infinity,
    toMs: Infinity,
    atMs: NOW_MS,
    except: ['http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV'],
  });
  const terms = termsOf(parseConsent(bytes), `client:${client}`, randomHex());
  return {
    consent: randomUUID(),
    person: world.persons.get(patient) ?? '',
    patient,
    chainId: '7',
    contract: '0xcc',
    subject: randomHex(),
    grantId: randomHex(),
    version: 1,
    kind: 'permit',
    bytes,
    terms,
    commitment: commitmentOf(terms),
    binding: randomUUID(),
  };
}

function wordOf({ subject, grantId, commitment }: FilingWrite): RegistryEvent {
  const commitmentLow = BigInt(commitment) & ((1n << 128n) - 1n);
  const state = encodeGrantWord({ kind: 'permit', from: 0, to: 0, epoch: 0, version: 1, commitmentLow });
  return {
    kind: 'consent',
    subject,
    grantId,
    commitment,
    state,
    by: '0x01',
    logIndex: 0,
    transaction: '0x01',
  };
}

/** Brings words on chain, a thousand per block, and confirms each block. */
async function project(world: StoreWorld, events: readonly RegistryEvent[]): Promise<string> {
  const start = performance.now();
  for (let at = 0, number = 1n; at < events.length; at += EVENTS_PER_BLOCK, number += 1n) {
    // oxlint-disable no-await-in-loop -- block by block
    await world.projection.apply([blockOf(number, events.slice(at, at + EVENTS_PER_BLOCK))], NOW_MS);
    await world.projection.confirm(number);
    // oxlint-enable no-await-in-loop
  }
  const perSecond = Math.round((events.length / (performance.now() - start)) * 1000);
  return `projection: ${perSecond} events/s, applied and confirmed, each with the rules of a filed Consent`;
}

function blockOf(number: bigint, events: readonly RegistryEvent[]): BlockEvents {
  return { number, hash: hashOf(number), parentHash: hashOf(number - 1n), time: NOW_MS / 1000, events };
}

function hashOf(number: bigint): Hex {
  return `0x${number.toString(16).padStart(64, '0')}`;
}

function randomHex(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}

function since(start: number): number {
  return Math.round(performance.now() - start);
}
