import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, type ChildSpec } from './child.js';

const LIMIT_MS = 90_000;
const folder = mkdtempSync(join(tmpdir(), 'child-'));
const children: Child[] = [];

/** A child whose script is given; each start appends its time and pid to `starts`. */
function childOf(name: string, body: string, more: Partial<ChildSpec> = {}) {
  const script = join(folder, `${name}.mjs`);
  const starts = join(folder, `${name}.starts`);
  const lines: string[] = [];
  writeFileSync(starts, '');
  writeFileSync(
    script,
    `import fs from 'node:fs';
     fs.appendFileSync(${JSON.stringify(starts)}, Date.now() + ' ' + process.pid + '\\n');
     const ready = () => console.log(JSON.stringify({ ready: true, pid: process.pid, said: process.env.SAID }));
     ${body}`,
  );
  const child = new Child({
    name,
    script,
    env: () => ({ SAID: 'hello' }),
    restart: false,
    readyMs: 10_000,
    pauseMs: 40,
    log: (line) => lines.push(line),
    ...more,
  });
  children.push(child);
  const startsMs = () => readFileSync(starts, 'utf8').trim().split('\n').map(Number.parseFloat);
  return { child, lines, startsMs };
}

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

afterAll(async () => {
  await Promise.all(children.map((child) => child.stop()));
  rmSync(folder, { recursive: true });
});

const FOREVER = 'setInterval(() => undefined, 1000);';

describe('a child', () => {
  it('tells what it said when it was ready, and logs its other lines under its name', async () => {
    const { child, lines } = childOf('talker', `console.log('first'); ready(); ${FOREVER}`);
    await expect(child.start()).resolves.toMatchObject({ ready: true, said: 'hello', pid: child.pid });
    expect(lines).toEqual(['talker: first']);
  });

  it('takes a line of JSON without "ready" as any other line', async () => {
    const { child, lines } = childOf('chatter', `console.log('{"ready":false}'); ready(); ${FOREVER}`);
    await child.start();
    expect(lines).toEqual(['chatter: {"ready":false}']);
  });

  it('rejects where it ends before it is ready', async () => {
    const { child } = childOf('stillborn', 'process.exit(7);');
    await expect(child.start()).rejects.toThrow('stillborn ended before it was ready (7)');
  });

  it('rejects and kills it where it is not ready in time', async () => {
    const { child } = childOf('sleeper', FOREVER, { readyMs: 300 });
    await expect(child.start()).rejects.toThrow('sleeper was not ready within 300 ms');
    const pid = child.pid ?? 0;
    await until(() => !isRunning(pid));
  });

  it('is stopped with SIGTERM, and is gone when that resolves', async () => {
    const { child } = childOf('obedient', `ready(); ${FOREVER}`, { restart: true });
    await child.start();
    const pid = child.pid ?? 0;
    expect(isRunning(pid)).toBe(true);
    await child.stop();
    expect(isRunning(pid)).toBe(false);
  });
});

describe('a child that dies', () => {
  it('is started again, with a pause that doubles', async () => {
    const { child, startsMs } = childOf('mortal', `ready(); setTimeout(() => process.exit(1), 10);`, {
      restart: true,
      pauseMs: 100,
    });
    await child.start();
    await until(() => startsMs().length >= 4);
    await child.stop();
    const [a = 0, b = 0, c = 0, d = 0] = startsMs();
    expect(b - a).toBeGreaterThanOrEqual(100);
    expect(c - b).toBeGreaterThanOrEqual(200);
    expect(d - c).toBeGreaterThanOrEqual(400);
  });

  it('is started again after kill -9', async () => {
    const { child, startsMs } = childOf('phoenix', `ready(); ${FOREVER}`, { restart: true });
    await child.start();
    const first = child.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await until(() => startsMs().length === 2 && child.pid !== first);
    expect(isRunning(child.pid ?? 0)).toBe(true);
  });

  it('stays dead where it is not to be started again', async () => {
    const { child, lines } = childOf('once', `ready(); setTimeout(() => process.exit(1), 10);`);
    await child.start();
    const pid = child.pid ?? 0;
    await until(() => !isRunning(pid) && child.pid === undefined);
    expect(child.pid).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('stays dead once it was stopped, in the pause before its restart too', async () => {
    const { child, lines, startsMs } = childOf('stopped', `ready(); setTimeout(() => process.exit(1), 10);`, {
      restart: true,
      pauseMs: 60_000,
    });
    await child.start();
    await until(() => lines.includes('stopped: ended, starting again'));
    await child.stop();
    expect(startsMs()).toHaveLength(1);
  });

  it('goes on where it was retired, and stays dead when it ends by itself after that', async () => {
    const { child, lines, startsMs } = childOf('retired', `ready(); ${FOREVER}`, { restart: true });
    await child.start();
    const pid = child.pid ?? 0;
    child.retire();
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, 'SIGTERM');
    await until(() => !isRunning(pid));
    await child.stop();
    expect(startsMs()).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  it('is not started again where it was stopped while it was starting again', async () => {
    const body = `if (fs.readFileSync(${JSON.stringify(join(folder, 'slow.starts'))}, 'utf8').split('\\n').length === 2) {
        ready(); setTimeout(() => process.exit(1), 10);
      } else setInterval(() => undefined, 1000);`;
    const { child, lines, startsMs } = childOf('slow', body, { restart: true, pauseMs: 1 });
    await child.start();
    await until(() => startsMs().length === 2);
    await child.stop();
    await until(() => lines.some((line) => line.includes('ended before it was ready')));
    expect(startsMs()).toHaveLength(2);
    expect(lines.filter((line) => line.endsWith('starting again'))).toHaveLength(1);
  });
});
