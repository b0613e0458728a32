import { makeItem } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';
import { LogReader } from './log-reader.js';

describe('a log that was told to halt', () => {
  let scene: LogScene;
  beforeAll(async () => {
    scene = await LogScene.make();
  });
  afterAll(() => scene.end());

  it('refuses every append until it is started anew, and closes without a close record', async () => {
    const log = await scene.start();
    const [before] = await log.append([makeItem([])]);
    log.halt('log-forked');
    await expect(log.append([makeItem([])])).rejects.toMatchObject({
      code: 'seal-unavailable',
      status: 503,
      details: 'log-halted',
    });
    expect((await log.head()).size).toBe((before?.index ?? 0n) + 1n);
    await log.close();
    const again = await scene.start();
    expect(scene.incidents).toMatchObject([{ kind: 'session-vanished' }]);
    await expect(again.append([makeItem([])])).resolves.toHaveLength(1);
  });

  it('gives the root of every size that it ever had, and none where leaves are missing', async () => {
    const reader = new LogReader(scene.database.pool, 'default');
    const { size, root } = await reader.head();
    expect(await reader.rootAt(size)).toEqual(root);
    await scene.database.admin(`delete from log_leaf where idx = ${size - 1n}`);
    expect(await reader.rootAt(size)).toBeUndefined();
    expect(await reader.rootAt(size - 1n)).toHaveLength(32);
  });
});
