import { jest } from '@jest/globals';
import { z } from 'zod';
import { codeOf, jsonOf, mustReceipt, receiptOf, resourcesOf } from './answers.js';
import { flags } from './run.js';
import { System, type Answer } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 240_000;
const SOON_MS = 90_000;
const APP = 'demo-app';
const HERS = 'marigold-app';
const NOBODY = '00000000-0000-4000-8000-000000000000';

jest.setTimeout(LIMIT_MS);

const system = new System({ ACCESS_TOKEN_TTL_S: '3600' });
let patient = '';
let other = '';
/** Index of the refusal and of the read that follow it. */
let refusedAt = -1n;
let readAt = -1n;

const eventSchema = z.looseObject({
  resourceType: z.literal('AuditEvent'),
  id: z.uuid(),
  action: z.string(),
  outcome: z.string(),
  outcomeDesc: z.string().optional(),
  recorded: z.iso.datetime(),
  purposeOfEvent: z.array(z.unknown()).optional(),
  agent: z.array(
    z.looseObject({ requestor: z.boolean(), who: z.looseObject({ identifier: z.unknown() }).optional() }),
  ),
  entity: z.array(
    z.looseObject({
      what: z
        .looseObject({
          reference: z.string().optional(),
          identifier: z.looseObject({ system: z.string().optional(), value: z.string() }).optional(),
        })
        .optional(),
      detail: z.array(z.object({ type: z.string(), valueString: z.string() })).default([]),
    }),
  ),
});
type Event = z.infer<typeof eventSchema>;

const eventsOf = (answer: { readonly text: string }) => z.array(eventSchema).parse(resourcesOf(answer));
const entryOf = ({ entity }: Event) =>
  entity.find(({ what }) => what?.identifier?.system === 'urn:proviso:log-entry');
const indexOf = (event: Event) => BigInt(entryOf(event)?.what?.identifier?.value.split('#')[1] ?? '-1');
const detailOf = (event: Event, type: string) =>
  entryOf(event)?.detail.flatMap((each) => (each.type === type ? [each.valueString] : [])) ?? [];

beforeAll(async () => {
  await system.start();
  const her = system.person(0);
  ({ patient } = her);
  other = system.person(1).patient;
  refusedAt = mustReceipt(await system.fhir(APP, `/Observation?patient=${patient}`)).index;
  const who = { person: patient, subject: her.subject, 'to-client': APP };
  const what = { classes: 'Observation', purpose: 'TREAT', for: '1h', out: system.file('grant.json') };
  await system.must('grant', ...flags({ ...who, ...what }), '--wait');
  const [first] = resourcesOf(await system.fhir(APP, `/Observation?patient=${patient}&_count=1`));
  const read = await system.fhir(APP, `/Observation/${first?.id ?? ''}`);
  if (read.status !== 200) throw new Error(`The read was answered with ${read.status}.`);
  readAt = mustReceipt(read).index;
});
afterAll(() => system.dispose());

/** What the caller sees of her trail, once both accesses are in it. */
async function trail(client: string, query = `patient=${patient}`): Promise<readonly Event[]> {
  return until('both accesses are in the trail', SOON_MS, async () => {
    const events = eventsOf(await system.fhir(client, `/AuditEvent?${query}&_count=100`));
    const indexes = events.map(indexOf);
    return indexes.includes(refusedAt) && indexes.includes(readAt) && events;
  });
}

/** `Observation/<id>` of an access to one. */
const observationOf = (event: Event | undefined) =>
  /"(Observation\/[^/"]+)\/_history/.exec(JSON.stringify(event))?.[1] ?? '';

/** All that a caller sees of an answer, but for values that differ from answer to answer. */
const seen = ({ status, text, headers }: Answer) => ({
  status,
  text,
  names: [...headers.keys()].toSorted(),
});

describe('the trail of accesses', () => {
  it.each([HERS, 'auditor'])('shows %s the refusal and the read, with what the log says', async (client) => {
    const events = await trail(client);
    const refusal = events.find((event) => indexOf(event) === refusedAt);
    expect(refusal).toMatchObject({ action: 'E', outcome: '4', outcomeDesc: 'consent-denied' });
    const read = events.find((event) => indexOf(event) === readAt);
    expect(read).toMatchObject({
      action: 'R',
      outcome: '0',
      purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }],
    });
    expect(read?.agent.find(({ requestor }) => requestor)?.who?.identifier).toEqual({
      system: 'urn:proviso:client',
      value: APP,
    });
    expect(read?.entity.map(({ what }) => what?.reference)).toEqual(
      expect.arrayContaining([`Patient/${patient}`, expect.stringMatching(/^Observation\/.+\/_history\/.+/)]),
    );
    expect(read === undefined ? [] : detailOf(read, 'basis')).toEqual([
      expect.stringMatching(/^consent:[0-9a-f-]{36}$/),
    ]);
    for (const event of events) {
      expect(JSON.stringify(event)).not.toContain(other);
    }
  });

  it('is linked by the answer that it is about, and read one by one', async () => {
    const answer = await system.fhir(APP, `/Observation?patient=${patient}&_count=1`);
    const [, id = ''] = /\/AuditEvent\/([0-9a-f-]{36})>/.exec(answer.headers.get('link') ?? '') ?? [];
    const read = await until('the event is there', SOON_MS, async () => {
      const found = await system.fhir(HERS, `/AuditEvent/${id}`);
      return found.status === 200 && found;
    });
    const event = eventSchema.parse(jsonOf(read.text));
    expect(indexOf(event)).toBe(mustReceipt(answer).index);
    expect(detailOf(event, 'leaf')).toEqual([mustReceipt(answer).leaf]);
    expect((await system.fhir(APP, `/AuditEvent/${id}`)).status).toBe(404);
    expect((await system.fhir(HERS, `/AuditEvent/${NOBODY}`)).status).toBe(404);
  });

  it('finds by date, agent, action, outcome and entity', async () => {
    const events = await trail(HERS);
    const refusals = eventsOf(
      await system.fhir(HERS, '/AuditEvent?outcome=4&agent:identifier=urn:proviso:client|demo-app'),
    );
    expect(refusals.map(indexOf)).toContain(refusedAt);
    expect(refusals.every(({ outcome }) => outcome === '4')).toBe(true);
    const read = events.find((event) => indexOf(event) === readAt);
    const resource = observationOf(read);
    const uses = eventsOf(
      await system.fhir(HERS, `/AuditEvent?patient=${patient}&entity=${resource}&action=R`),
    );
    expect(uses.map(indexOf)).toContain(readAt);
    const [, recorded = ''] = /"recorded":"([^"]+)"/.exec(JSON.stringify(read)) ?? [];
    const day = recorded.slice(0, 10);
    const dated = eventsOf(await system.fhir(HERS, `/AuditEvent?date=${day}&date=lt${recorded}`));
    expect(dated.map(indexOf)).toContain(refusedAt);
    expect(dated.map(indexOf)).not.toContain(readAt);
  });

  it('pages, newest first, and refuses what it does not know', async () => {
    await trail('auditor');
    const page = await system.fhir('auditor', `/AuditEvent?patient=${patient}&_count=2`);
    const next = z
      .looseObject({ link: z.array(z.object({ relation: z.string(), url: z.string() })) })
      .parse(jsonOf(page.text))
      .link.find(({ relation }) => relation === 'next')?.url;
    const second = await system.fhir('auditor', (next ?? '').slice(system.ready.fhirBase.length));
    const both = [...eventsOf(page), ...eventsOf(second)].map(indexOf);
    expect(both).toEqual(both.toSorted((a, b) => (a < b ? 1 : -1)));
    expect(new Set(both).size).toBe(4);
    expect((await system.fhir(HERS, '/AuditEvent?nonsense=1')).status).toBe(400);
  });

  it('holds who read it, on the person’s own basis', async () => {
    const asked = await system.fhir(HERS, '/AuditEvent?_count=1');
    const own = await until('the reading is in the trail', SOON_MS, async () =>
      (await trail(HERS)).find((event) => indexOf(event) === mustReceipt(asked).index),
    );
    expect(detailOf(own, 'basis')).toEqual([expect.stringMatching(/^policy:P-SELF@[0-9a-f]{64}$/)]);
  });

  it('tells others nothing, of a patient who is here and of one who is not', async () => {
    for (const path of [(id: string) => `/AuditEvent?patient=${id}`, reportPath]) {
      for (const client of [APP, HERS]) {
        // oxlint-disable no-await-in-loop -- one client after the other
        const known = await system.fhir(client, path(other));
        const unknown = await system.fhir(client, path(NOBODY));
        // oxlint-enable no-await-in-loop
        expect([known.status, codeOf(known)]).toEqual([403, 'consent-denied']);
        expect(seen(known)).toEqual(seen(unknown));
        expect(receiptOf(known)).toBeDefined();
      }
    }
    const open = await system.fhir(APP, '/AuditEvent');
    expect([open.status, resourcesOf(open)]).toEqual([200, []]);
    expect((await system.fhir('wallet', '/AuditEvent')).status).toBe(403);
  });
});

const reportPath = (id: string) => `/Patient/${id}/$access-report`;
const reportSchema = z.object({
  resourceType: z.literal('Parameters'),
  parameter: z.array(z.looseObject({ name: z.string() })),
});

const askReport = (parameter: readonly unknown[]) =>
  system.fhir(HERS, reportPath(patient), {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  });

/** Her report, once it has every access that was sealed before. */
const wholeReport = (client: string) =>
  until('the index has caught up', SOON_MS, async () => {
    const answer = await system.fhir(client, `${reportPath(patient)}?start=2020-01-01&_count=200`);
    expect(answer.status).toBe(200);
    return answer.text.includes('{"name":"complete","valueBoolean":true}') && answer.text;
  });

describe('$access-report', () => {
  it.each([HERS, 'auditor'])('gives %s every use, and shows that none is missing', async (client) => {
    await trail(client);
    const text = await wholeReport(client);
    const { parameter } = reportSchema.parse(jsonOf(text));
    const sequence = z
      .looseObject({ part: z.array(z.looseObject({ name: z.string() })) })
      .parse(parameter.find(({ name }) => name === 'sequence'));
    const part = (name: string) => sequence.part.find((each) => each.name === name);
    const bundle = z
      .looseObject({ resource: z.unknown() })
      .parse(parameter.find(({ name }) => name === 'events'));
    const events = eventsOf({ text: JSON.stringify(bundle.resource) });
    expect(part('entries')).toMatchObject({ valueInteger: events.length });
    expect(part('from')).toMatchObject({ valueString: '1' });
    expect(part('to')).toMatchObject({ valueString: String(events.length) });
    expect(events.map(indexOf)).toEqual(expect.arrayContaining([refusedAt, readAt]));
    const numbers = events.flatMap((event) => detailOf(event, 'subject-sequence'));
    expect(numbers.map(Number)).toEqual(events.map((_, at) => events.length - at));
  });

  it('takes its parameters by POST, and says what is wrong with them', async () => {
    const past = await askReport([{ name: 'end', valueDate: '2001-01-01' }]);
    expect(past.status).toBe(200);
    expect(past.text).toContain('{"name":"entries","valueInteger":0}');
    const wrong = await askReport([{ name: 'end', valueDate: 'soon' }]);
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'invalid-value']);
    const many = await askReport(Array.from({ length: 51 }, () => ({ name: '_count', valueInteger: 1 })));
    expect([many.status, codeOf(many)]).toEqual([413, 'too-large']);
  });
});

/** An event of a stream, and when it came. */
interface Told {
  readonly id: string;
  readonly kind: string;
  readonly atMs: number;
}

/** A stream of notices: what came, and whether it goes on. */
async function watch(client: string, lastEventId?: string) {
  const response = await fetch(`${system.origin}/notices`, {
    headers: {
      authorization: `Bearer ${await system.token(client)}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  const told: Told[] = [];
  const state = { hasEnded: false };
  const { body } = response;
  const reader = async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      for (const [, id = '', kind = ''] of text.matchAll(/id: (\S+)\nevent: (\w+)\ndata: .*\n\n/g)) {
        if (told.every((each) => each.id !== id)) told.push({ id, kind, atMs: performance.now() });
      }
    }
  };
  const reading = reader()
    .catch(() => undefined)
    .then(() => (state.hasEnded = true));
  return { response, told, state, reading };
}

describe('notices', () => {
  it('tell her of a refusal and of a read as they happen, and of nobody else', async () => {
    // what others did before comes before; of her own looking she is not told
    await wholeReport(HERS);
    const stream = await watch(HERS);
    expect(stream.response.status).toBe(200);
    expect(receiptOf(stream.response)).toBeDefined();
    await system.fhir(APP, `/Observation?patient=${other}`);
    const latencies: number[] = [];
    for (const [path, kind] of [
      [`/Condition?patient=${patient}`, 'refusal'],
      [`/Observation?patient=${patient}&_count=1`, 'access'],
    ] as const) {
      const before = stream.told.length;
      // oxlint-disable no-await-in-loop -- one access after the other
      await system.fhir(APP, path);
      const beganMs = performance.now();
      await until('she is told', SOON_MS, () => stream.told.length > before);
      // oxlint-enable no-await-in-loop
      const told = stream.told.at(-1);
      expect(told?.kind).toBe(kind);
      latencies.push((told?.atMs ?? 0) - beganMs);
    }
    process.stdout.write(`notices after ${latencies.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}\n`);
    expect(stream.told).toHaveLength(2);
    await stream.response.body?.cancel().catch(() => undefined);
  });

  it('go on after the last one that was seen, and name the AuditEvent', async () => {
    const [newest, before] = (await trail(HERS, 'agent=demo-app')).slice(0, 2);
    const stream = await watch(HERS, before?.id ?? '');
    await until('she is told of what she missed', SOON_MS, () => stream.told.length > 0);
    expect(stream.told.map(({ id }) => id)).toEqual([newest?.id]);
    await stream.response.body?.cancel().catch(() => undefined);
  });

  it('are for her own client alone, and sealed where they are refused', async () => {
    for (const client of [APP, 'auditor', 'wallet']) {
      // oxlint-disable-next-line no-await-in-loop -- one client after the other
      const answer = await system.ask('/notices', { client });
      expect([client, answer.status, receiptOf(answer) !== undefined]).toEqual([client, 403, true]);
    }
    expect((await system.ask('/notices')).status).toBe(401);
  });

  it('end with the token', async () => {
    const stream = await watch(HERS);
    expect(stream.response.status).toBe(200);
    await system.must('client', 'remove', '--id', HERS);
    await until('the stream has ended', SOON_MS, () => stream.state.hasEnded);
    await stream.reading;
  });
});
