import { spawn, type ChildProcess } from 'node:child_process';
import { z } from 'zod';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';
import { environment, ROOT } from '../e2e/run.js';
import { firstLine, killed, type Outage } from './outage.js';

const LAKEVIEW = `${ROOT}dist/apps/demo-ehr/src/lakeview.main.js`;
const LIMIT_MS = 90_000;
const readySchema = z.looseObject({ ready: z.literal(true), adminUrl: z.string() });
const sentSchema = z.object({
  controlId: z.string(),
  type: z.string(),
  message: z.string(),
  code: z.string().nullable(),
});

/** A message that Lakeview sent, and how it was answered; `code` is null while it waits. */
export type Sent = z.infer<typeof sentSchema>;

/** Lakeview outside of a system, whose listener it sends to. */
export class OutsideLakeview implements Outage {
  #running: { readonly child: ChildProcess; readonly adminUrl: string } | undefined;
  #mllp: ReadyFile['mllp'];

  /** Starts it; from now on it sends. */
  async start(mllp: ReadyFile['mllp']): Promise<void> {
    if (mllp === undefined) throw new Error('The system takes no messages.');
    this.#mllp = mllp;
    const env = environment({ MLLP_HOST: mllp.host, MLLP_PORT: String(mllp.port), PORT: '0' });
    const child = spawn(process.execPath, [LAKEVIEW], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const { adminUrl } = readySchema.parse(await firstLine(child.stdout));
    this.#running = { child, adminUrl };
  }

  break(): Promise<void> {
    return killed(this.#running?.child);
  }

  unbreak(): Promise<void> {
    return this.start(this.#mllp);
  }

  /** Lets it send: `corrections`, `again`, `merges`, or `messages` with a text. Gives message and answer. */
  async send(path: string, body: object | string = {}): Promise<Sent> {
    const isText = typeof body === 'string';
    const response = await fetch(`${this.#running?.adminUrl ?? ''}/${path}`, {
      method: 'POST',
      headers: { 'content-type': isText ? 'text/plain; charset=iso-8859-1' : 'application/json' },
      body: isText ? Buffer.from(body, 'latin1') : JSON.stringify(body),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return sentSchema.parse(await response.json());
  }

  /** What it sent since it was started. */
  async sent(): Promise<readonly Sent[]> {
    const url = `${this.#running?.adminUrl ?? ''}/messages`;
    const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
    return z.array(sentSchema).parse(await response.json());
  }
}
