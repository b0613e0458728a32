import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { jest } from '@jest/globals';
import { run } from '../e2e/run.js';
import { System } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { storedMessages } from '../faults/stored-messages.js';
import { javaSender, pythonSender, type Foreign } from './senders.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
const COUNT = 200;

jest.setTimeout(LIMIT_MS);

const folder = mkdtempSync(join(tmpdir(), 'proviso-medium-'));
const python = pythonSender(folder);
const java = javaSender(folder);

for (const [name, foreign] of [
  ['mllp_send of PyPI', python],
  ['HAPI HL7v2', java],
] as const)
  if (foreign.kind === 'missing') stderr.write(`skipped: ${name} is not here: ${foreign.why}\n`);

async function send(foreign: Foreign, ...args: readonly string[]) {
  if (foreign.kind === 'missing') throw new Error(foreign.why);
  return run(foreign.program, [...foreign.args, ...args]);
}

describe('senders that we did not write', () => {
  const system = new System();
  beforeAll(() => system.start());
  afterAll(async () => {
    await system.dispose();
    rmSync(folder, { recursive: true });
  });

  function address() {
    const { mllp } = system.ready;
    if (mllp === undefined) throw new Error('The system takes no messages.');
    return mllp;
  }

  const converted = (prefix: string, count: number) =>
    until('everything is converted', SOON_MS, async () => {
      const { states } = await storedMessages(system.databaseUrl, prefix);
      return states['converted'] === count;
    });

  (python.kind === 'ready' ? describe : describe.skip)('mllp_send of PyPI', () => {
    it('delivers a message and prints the answer', async () => {
      const { host, port } = address();
      const file = join(folder, 'adt.hl7');
      const header = 'MSH|^~\\&|LAKEVIEW_HIS|LAKEVIEW|||20250701080000||ADT^A28^ADT_A05|PYPI1|P|2.5.1';
      const rest = [
        'EVN||20250701080000',
        'PID|1||LK-900^^^LAKEVIEW^MR||PYTHORNE^NO1||19700101|F',
        'PV1|1|N',
      ];
      writeFileSync(file, [header, ...rest, ''].join('\r'));
      const { code, stdout } = await send(python, '--port', String(port), '--file', file, host);
      expect({ code, answer: /MSA\|AA\|PYPI1/.test(stdout) }).toEqual({ code: 0, answer: true });
      await converted('PYPI', 1);
    });
  });

  (java.kind === 'ready' ? describe : describe.skip)('HAPI HL7v2', () => {
    it('delivers messages one after the other, and can read our answers', async () => {
      const { host, port } = address();
      const startMs = performance.now();
      const { code, stdout, stderr: said } = await send(java, host, String(port), String(COUNT));
      const lines = stdout.split('\n').filter((line) => line.startsWith('A'));
      expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
      expect(lines).toEqual(Array.from({ length: COUNT }, (_, at) => `AA HAPI${at}`));
      const seconds = (performance.now() - startMs) / 1000;
      stderr.write(`HAPI: ${COUNT} messages in ${seconds.toFixed(1)} s, the start of Java included\n`);
      await converted('HAPI', COUNT);
    });
  });
});
