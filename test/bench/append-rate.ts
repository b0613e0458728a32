import { randomBytes, randomUUID } from 'node:crypto';
import { uuidv7 } from '#digest';
import { ENTRY_CLASS, type LogStore, type SealableRecord, type SubjectDraft } from '#provenance';
import type { RowChange } from '#store';
import { percentile } from './statistics.js';

const US_PER_MS = 1_000;
const HEX_32 = 'cd'.repeat(32);
const ADDRESS = `0x${'ab'.repeat(20)}`;

/** How many records are on their way at once, over how many people, and for how long. */
export interface AppendWish {
  readonly inFlight: number;
  readonly people: number;
  readonly seconds: number;
}

/** What the commit path did. */
export interface AppendResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of this process per record, microseconds. */
  readonly cpuUs: number;
}

/** Appends records of reads, as the gateway makes them, and waits for each seal. */
export async function appendRate(log: LogStore<RowChange>, wish: AppendWish): Promise<AppendResult> {
  const people = Array.from({ length: wish.people }, () => randomUUID());
  const body = randomBytes(1_000);
  await appendFor(log, { ...wish, seconds: 1 }, () => recordOf(people, body));
  const cpu = process.cpuUsage();
  const start = performance.now();
  const taken = await appendFor(log, wish, () => recordOf(people, body));
  const seconds = (performance.now() - start) / US_PER_MS;
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: taken.length / seconds,
    p50Ms: percentile(taken, 0.5),
    p99Ms: percentile(taken, 0.99),
    cpuUs: (user + system) / taken.length,
  };
}

async function appendFor(
  log: LogStore<RowChange>,
  { inFlight, seconds }: AppendWish,
  make: () => SealableRecord,
): Promise<readonly number[]> {
  const taken: number[] = [];
  const untilMs = performance.now() + seconds * US_PER_MS;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let now = performance.now(); now < untilMs;) {
        // oxlint-disable-next-line no-await-in-loop -- one record after the other
        await log.append([{ record: make(), writes: [] }]);
        const sealed = performance.now();
        taken.push(sealed - now);
        now = sealed;
      }
    }),
  );
  return taken;
}

function recordOf(people: readonly string[], body: Uint8Array): SealableRecord {
  const nowMs = Date.now();
  const id = uuidv7(nowMs, randomBytes(10));
  return {
    class: ENTRY_CLASS.access,
    op: {
      id,
      time: new Date(nowMs).toISOString(),
      phase: 'single',
      interaction: 'read',
      outcome: 'permit',
      status: 200,
      block: { number: '7', hash: `0x${HEX_32}` },
    },
    actor: {
      client: 'demo-app',
      user: null,
      organization: null,
      roles: [],
      purpose: 'TREAT',
      tokenHash: HEX_32,
      thumbprint: null,
    },
    request: {
      method: 'GET',
      path: '/Observation',
      parameters: Buffer.from(`/Observation/${id}?\0`),
      requestId: id,
      intent: null,
    },
    subjects: [subjectOf(people, id, body)],
  };
}

function subjectOf(people: readonly string[], id: string, body: Uint8Array): SubjectDraft {
  const canon = Buffer.from(HEX_32, 'hex');
  const basis = {
    kind: 'consent' as const,
    consent: id,
    chainId: '31337',
    contract: ADDRESS,
    subject: `0x${HEX_32}`,
    grantId: `0x${HEX_32}`,
    version: 1,
    binding: HEX_32,
  };
  return {
    person: people[Math.floor(Math.random() * people.length)],
    patient: id,
    binding: HEX_32,
    content: [{ type: 'Observation', id, versionId: 'abcdefghijklmnop', canon }],
    wire: body,
    upstream: [],
    decision: { effect: 'permit', code: null, basis: [basis], obligations: ['notice'] },
    links: {},
  };
}
