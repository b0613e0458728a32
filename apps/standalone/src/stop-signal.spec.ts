import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const BUILT = path.resolve(import.meta.dirname, '../../../dist/apps/standalone/src/stop-signal.js');
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
     import { stopSignal } from ${JSON.stringify(BUILT)};
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

  it('goes on without its parent where npm did not start it', async () => {
    const { shell, pid, stopped } = await underShell('alone', {});
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    shell.kill('SIGTERM');
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(stopped()).toBe(false);
    process.kill(pid, 'SIGTERM');
    await until(stopped);
  });
});
