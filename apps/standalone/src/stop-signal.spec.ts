import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stopSignal } from './stop-signal.js';

/** Node takes the types off by itself. */
const SOURCE = path.resolve(import.meta.dirname, 'stop-signal.ts');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stop-signal-'));

afterAll(() => fs.rmSync(folder, { recursive: true }));

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Starts a program below a shell, as npm does, and gives a way to tell the shell or the program to stop. */
async function underShell(name: string, env: Record<string, string>) {
  const file = (kind: string) => path.join(folder, `${name}.${kind}`);
  fs.writeFileSync(
    file('mjs'),
    `import fs from 'node:fs';
     import { stopSignal } from ${JSON.stringify(SOURCE)};
     const keep = setInterval(() => undefined, 1000);
     stopSignal(process.env).addEventListener('abort', () => {
       fs.writeFileSync(${JSON.stringify(file('stopped'))}, '');
       clearInterval(keep);
     });
     fs.writeFileSync(${JSON.stringify(file('pid'))}, String(process.pid));`,
  );
  const shell = spawn('sh', ['-c', `"${process.execPath}" ${file('mjs')}; true`], { env, stdio: 'ignore' });
  await until(() => fs.existsSync(file('pid')) && fs.readFileSync(file('pid'), 'utf8') !== '');
  const pid = Number(fs.readFileSync(file('pid'), 'utf8'));
  return { shell, pid, stopped: () => fs.existsSync(file('stopped')) };
}

describe('stopSignal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('aborts at %s', async (signal) => {
    const { pid, stopped } = await underShell(signal, {});
    process.kill(pid, signal);
    await until(stopped);
    expect(stopped()).toBe(true);
  });

  it('aborts where npm ended the shell and not the program', async () => {
    const { shell, stopped } = await underShell('npm', { npm_lifecycle_event: 'start' });
    shell.kill('SIGTERM');
    await until(stopped);
    expect(stopped()).toBe(true);
  });

  it('looks at its parent where npm started it, and nowhere else', () => {
    const looks: (() => void)[] = [];
    const told = { ppid: 1, once: () => undefined };
    const alone = stopSignal({}, told, (look) => looks.push(look));
    expect(looks).toEqual([]);
    const below = stopSignal({ npm_lifecycle_event: 'start' }, told, (look) => looks.push(look));
    for (const look of looks) look();
    expect(below.aborted).toBe(false);
    told.ppid = 2;
    for (const look of looks) look();
    expect([looks.length, below.aborted, alone.aborted]).toEqual([1, true, false]);
  });
});
