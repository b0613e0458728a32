import { readdirSync, readFileSync } from 'node:fs';
import { stderr } from 'node:process';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { codeOf } from '../e2e/answers.js';
import { checkpointOf } from '../e2e/checkpoint.js';
import { kill } from '../e2e/processes.js';
import { until } from '../e2e/until.js';
import { DiskScene } from './disk-scene.js';
import { storedMessages } from './stored-messages.js';

const LIMIT_MS = 180_000;
const SOON_MS = 60_000;
const NOTHING = { receipts: [], revocations: [] };

jest.setTimeout(LIMIT_MS);

const scene = new DiskScene();
const missing = scene.mount();
if (missing !== undefined) stderr.write(`skipped: no disk can be mounted here: ${missing}\n`);

const markSchema = z.object({ size: z.coerce.bigint() });

(missing === undefined ? describe : describe.skip)('a disk that is full', () => {
  beforeAll(() => scene.start());
  afterAll(() => scene.dispose());

  it('of the database: nothing is answered unsealed, no message is taken, and all goes on when there is room', async () => {
    await scene.progress();
    const pid = scene.system.part('node')?.pid;
    scene.databaseDisk.fill();
    const refused = await until('nothing can be sealed', SOON_MS, async () => {
      const answer = await scene.search();
      return answer.status === 200 ? undefined : answer;
    });
    expect([refused.status, codeOf(refused)]).toEqual([503, 'seal-unavailable']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await until('a message is not taken', SOON_MS, async () => (await scene.probe()) === 'AE');
    await scene.exhaustLog();
    expect(codeOf(await scene.search())).toBe('seal-unavailable');
    scene.databaseDisk.empty();
    await scene.progress();
    expect(await scene.lost()).toEqual(NOTHING);
    expect(scene.system.part('node')?.pid).toBe(pid);
  });

  it('of the data folder: what is sealed goes on being served, an incident tells of the mark, and it is caught up', async () => {
    const { system } = scene;
    scene.dataDisk.fill();
    await until('an incident tells of it', SOON_MS, async () => {
      const { text } = await system.ask('/metrics');
      return text.includes('proviso_incidents_total{kind="high-water-failed"} 1\n');
    });
    kill(system.part('node')?.pid ?? 0);
    await scene.progress();
    await scene.calm();
    scene.dataDisk.empty();
    const { size } = await checkpointOf(system);
    await until('the mark is that of the newest head', SOON_MS, () => {
      const mark = markSchema.parse(JSON.parse(readFileSync(system.file('high-water.json'), 'utf8')));
      return mark.size >= size;
    });
    const files = readdirSync(system.dataDir);
    expect(files.filter((name) => name.startsWith('high-water.json.'))).toEqual([]);
  });

  it('leaves no harm: every message once, no answer but sealed ones, and a log that the audit finds whole', async () => {
    const { acknowledged, messages } = scene;
    expect(await scene.lost()).toEqual(NOTHING);
    expect([...acknowledged.statuses.keys()].filter((each) => !/^(200|503|none)/.test(each))).toEqual([]);
    expect(messages.refused).toEqual([]);
    const { kept } = await until('every message is converted', SOON_MS, async () => {
      const found = await storedMessages(scene.databaseUrl, 'LOAD');
      return Object.keys(found.states).join() === 'converted' ? found : undefined;
    });
    expect(kept.toSorted()).toEqual([...messages.acknowledged].toSorted());
    const audited = await scene.audit();
    expect(audited?.stdout).toMatch(/"findings":\s*\[\]/);
  });
});
