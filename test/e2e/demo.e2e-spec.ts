import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { STEPS } from '../../apps/standalone/src/demo/steps.js';

const root = path.resolve(import.meta.dirname, '../..');
const LIMIT_MS = 400_000;

describe('npm run demo', () => {
  it(
    'plays the story, each step as told',
    () => {
      const done = spawnSync(process.execPath, ['dist/apps/standalone/src/demo.main.js', '--json'], {
        cwd: root,
        encoding: 'utf8',
        timeout: LIMIT_MS,
      });
      const lines = done.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line): unknown => JSON.parse(line));
      expect(lines).toEqual(
        STEPS.map(({ title }, at) =>
          expect.objectContaining({ step: at + 1, title, ok: true, seen: expect.any(String) }),
        ),
      );
      expect(done.status).toBe(0);
    },
    LIMIT_MS + 20_000,
  );
});
