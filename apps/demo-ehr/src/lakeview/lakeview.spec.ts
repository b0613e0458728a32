import { z } from 'zod';
import { startLakeview, type RunningLakeview } from './lakeview.module.js';
import { FIRST_LETTERS } from './people/people.js';
import { localTime } from './segments.js';
import { LakeviewSettings } from './settings.js';
import { Receiver } from './testing/receiver.js';

const LIMIT_MS = 90_000;
const NOW = new Date('2026-01-15T18:30:05Z');
const told = z.object({ controlId: z.string(), message: z.string(), code: z.string().nullable() });

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('Lakeview', () => {
  const receiver = new Receiver();
  const first = FIRST_LETTERS.map(({ controlId }) => controlId);
  let running: RunningLakeview;

  beforeAll(async () => {
    const MLLP_PORT = await receiver.listen();
    receiver.next('AA', 'hang-up', 'AA', 'AE', 'AA');
    running = await startLakeview(LakeviewSettings.parse({ MLLP_PORT }), () => NOW);
  });
  afterAll(async () => {
    await running.close();
    await receiver.close();
  });
  const isIdle = () => running.lakeview.status.waiting === 0;

  async function admin(method: string, path: string, body?: unknown, type = 'application/json') {
    const sent = type === 'application/json' ? JSON.stringify(body ?? {}) : String(body);
    const init = method === 'GET' ? {} : { headers: { 'content-type': type }, body: sent };
    return fetch(`${running.adminUrl}/${path}`, { method, ...init });
  }

  async function post(path: string, body?: unknown, type?: string) {
    const answer = await admin('POST', path, body, type);
    expect(answer.status).toBe(200);
    return told.parse(await answer.json());
  }

  it('says at its start what it knows, in order, again with the same bytes where no answer came or AE', async () => {
    await until(isIdle);
    const again = [first[1], first[2]];
    expect(receiver.controlIds).toEqual([first[0], first[1], ...again, first[2], ...first.slice(3)]);
    expect(receiver.heard[2]).toBe(receiver.heard[1]);
    expect(receiver.heard[4]).toBe(receiver.heard[3]);
  });

  it('sends Latin-1, local codes before LOINC, two orders in one report, notes, and "" to delete', () => {
    const text = receiver.heard.join('\n');
    expect(text).toContain('PEPPERWHISTLE^BARNABÉ');
    expect(text).toContain('HGB^Hemoglobin^99LKV^718-7^');
    expect(receiver.heard.find((message) => message.includes('LKV000003'))?.match(/\rOBR\|/g)).toHaveLength(
      2,
    );
    expect(text).toContain('\rNTE|1|L|');
    expect(text).toMatch(/\rPID\|[^\r]*\|""\r/);
  });

  it('tells local time without its zone', () => {
    expect(localTime(NOW)).toBe('20260115113005');
    expect(localTime(new Date('2026-07-01T05:00:00Z'))).toBe('20260630230000');
  });

  it('corrects a result: the whole order again under a new control id, that line marked', async () => {
    const { message, code, controlId } = await post('corrections', { code: 'HGB', value: '12.4' });
    expect(code).toBe('AA');
    expect(first).not.toContain(controlId);
    expect(message).toMatch(/OBX\|1\|NM\|HGB\^[^\r]*\|12\.4\|[^\r]*\|C\|/);
    expect(message).toMatch(/OBX\|2\|NM\|PLT\^[^\r]*\|231\|[^\r]*\|F\|/);
    const { message: later } = await post('corrections', { code: 'PLT', value: '240' });
    expect(later).toMatch(/OBX\|1\|NM\|HGB\^[^\r]*\|12\.4\|/);
    expect((await admin('POST', 'corrections', { value: 'many' })).status).toBe(400);
  });

  it('sends a message again as it was, the last one or one that is named', async () => {
    const last = receiver.heard.at(-1);
    await post('again');
    expect(receiver.heard.at(-1)).toBe(last);
    await post('again', { controlId: first[0] });
    expect(receiver.heard.at(-1)).toBe(receiver.heard[0]);
    expect((await admin('POST', 'again', { controlId: 'unheard' })).status).toBe(404);
  });

  it('merges two records', async () => {
    const { message } = await post('merges');
    expect(message).toMatch(/\rPID\|1\|\|LK-30120\^.*\rMRG\|LK-30177\^/s);
  });

  it('sends bytes that it is given, and tells how they were answered', async () => {
    receiver.next('AR');
    const typed = 'MSH|^~\\&|X|Y|||20250101||ADT^A08|RAW1|P|2.5.1\nPID|1\n';
    const { code, controlId } = await post('messages', typed, 'text/plain');
    expect({ code, controlId }).toEqual({ code: 'AR', controlId: 'RAW1' });
    expect(receiver.heard.at(-1)).toBe(typed.replaceAll('\n', '\r'));
    expect(isIdle()).toBe(true);
  });

  it('keeps what it has to say while it is down, and while nobody listens', async () => {
    await admin('PUT', 'link', { up: false });
    await until(() => !running.lakeview.status.isConnected);
    const before = receiver.heard.length;
    const [down] = [running.lakeview.raw(Buffer.from('MSH|^~\\&|X|Y|||1||ADT^A08|DOWN|P|2.5.1\r'))];
    await receiver.close();
    await admin('PUT', 'link', { up: true });
    const [away] = [running.lakeview.raw(Buffer.from('MSH|^~\\&|X|Y|||1||ADT^A08|AWAY|P|2.5.1\r'))];
    expect(running.lakeview.status).toEqual({ isUp: true, isConnected: false, waiting: 2 });
    await receiver.listen();
    await until(isIdle);
    expect(receiver.controlIds.slice(before)).toEqual([down.controlId, away.controlId]);
  });

  it('lists what it sent', async () => {
    const list = z.array(told).parse(await (await admin('GET', 'messages')).json());
    expect(list.map(({ code }) => code)).toContain('AR');
    expect(list.length).toBeGreaterThan(first.length);
  });
});
