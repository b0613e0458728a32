import { setTimeout as sleep } from 'node:timers/promises';
import { registered, tokenOf } from './clients.js';
import type { Layout, Processes } from './layouts.js';
import { load } from './machine.js';
import { percentile } from './statistics.js';
import { READER, type World } from './world.js';

const WATCHER = { id: 'bench-own-app', scope: 'patient/AuditEvent.rs', purpose: 'PATRQT' };
const EVENT = /id: (\S+)\nevent: \w+\ndata: .*\n\n/g;
const END = '\n\n';
const EVENT_LINK = /\/AuditEvent\/([0-9a-f-]{36})>/;
/** Accesses come at any time between two looks of the gateway. */
const PAUSE_MAX_MS = 150;
const LAST_MS = 30_000;
const LOOK_MS = 50;

/** When notices came, by the AuditEvent that each is about. */
type Told = Map<string, readonly number[]>;

/** Milliseconds from an answer to the notice that is about it, as the client of each has them. */
export interface NoticeDelay {
  readonly layout: Layout;
  readonly notices: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly load: string;
}

/**
 * Reads a person's Observation at the first gateway, again and again, while her own app watches at the last one. Each notice
 * is found by the AuditEvent that the answer names.
 * @throws where a notice does not come, or comes twice
 */
export async function noticeDelay(
  { granted: [person] }: World,
  processes: Processes,
  { layout, accesses }: { readonly layout: Layout; readonly accesses: number },
): Promise<NoticeDelay> {
  if (person === undefined) throw new Error('there is nobody');
  const { ready, origins } = processes;
  const app = await registered(ready, { ...WATCHER, patient: person.patient });
  const told: Told = new Map();
  const stop = new AbortController();
  const token = await tokenOf({ ...ready, clients: [app] }, app.id);
  await watch(origins.at(-1) ?? '', token, { told, signal: stop.signal });
  const path = `/fhir/R4/Observation/${person.observations[0] ?? ''}`;
  const answered = await answers(`${origins[0] ?? ''}${path}`, await tokenOf(ready, READER), accesses);
  await allTold(answered, told);
  stop.abort();
  const delays = [...answered].map(([event, atMs]) => onlyOne(event, told) - atMs);
  return {
    layout,
    notices: delays.length,
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    maxMs: Math.max(...delays),
    load: load(),
  };
}

/** When each answer was there, by the AuditEvent that it names. */
async function answers(url: string, token: string, accesses: number): Promise<ReadonlyMap<string, number>> {
  const answered = new Map<string, number>();
  for (let at = 0; at < accesses; at += 1) {
    // oxlint-disable no-await-in-loop -- one access after the other
    const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    const [, event] = EVENT_LINK.exec(answer.headers.get('link') ?? '') ?? [];
    if (event === undefined) throw new Error(`no access is named: ${answer.status}`);
    answered.set(event, performance.now());
    await sleep(Math.random() * PAUSE_MAX_MS);
    // oxlint-enable no-await-in-loop
  }
  return answered;
}

/** Waits for the last notices. */
async function allTold(answered: ReadonlyMap<string, number>, told: Told): Promise<void> {
  const untilMs = performance.now() + LAST_MS;
  const isMissing = () => [...answered.keys()].some((event) => !told.has(event));
  // oxlint-disable-next-line no-await-in-loop -- one look after the other
  while (isMissing() && performance.now() < untilMs) await sleep(LOOK_MS);
}

function onlyOne(event: string, told: ReadonlyMap<string, readonly number[]>): number {
  const [atMs, ...more] = told.get(event) ?? [];
  if (atMs === undefined || more.length > 0)
    throw new Error(`notices of ${event}: ${more.length + 1}, or none`);
  return atMs;
}

/** Resolves when the stream is open; what comes is kept with its time. */
async function watch(
  origin: string,
  token: string,
  { told, signal }: { readonly told: Told; readonly signal: AbortSignal },
): Promise<void> {
  const response = await fetch(`${origin}/notices`, {
    headers: { authorization: `Bearer ${token}` },
    signal,
  });
  const { body } = response;
  if (response.status !== 200 || body === null) throw new Error(`no stream: ${response.status}`);
  void keep(body, told).catch(() => undefined);
}

async function keep(body: AsyncIterable<Uint8Array>, told: Told): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    const atMs = performance.now();
    text += decoder.decode(chunk, { stream: true });
    for (const [, id = ''] of text.matchAll(EVENT)) told.set(id, [...(told.get(id) ?? []), atMs]);
    text = text.slice(Math.max(0, text.lastIndexOf(END)));
  }
}
