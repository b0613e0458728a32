import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came back for raw bytes, and when the connection ended. */
export interface Heard {
  /** Status of each answer, in order. */
  readonly statuses: readonly number[];
  readonly text: string;
  /** The server hung up; else the limit passed. */
  readonly closed: boolean;
  readonly ms: number;
}

/** Bytes that are sent at once, or one by one with a pause. */
export interface Said {
  readonly bytes: string | Uint8Array;
  /** Milliseconds between two bytes. */
  readonly trickle?: number;
}

/** Sends bytes to a port of this machine as they are, and listens until the server hangs up or the limit passes. */
export function say(port: number, { bytes, trickle }: Said, limitMs: number): Promise<Heard> {
  const startMs = performance.now();
  const all = Buffer.from(bytes);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const heard: Buffer[] = [];
    const end = (closed: boolean) => {
      clearTimeout(late);
      socket.destroy();
      const text = Buffer.concat(heard).toString('latin1');
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ statuses, text, closed, ms: performance.now() - startMs });
    };
    const late = setTimeout(() => end(false), limitMs);
    socket.on('data', (chunk) => heard.push(chunk));
    // a reset is a way to hang up
    socket.on('error', () => undefined);
    socket.on('close', () => end(true));
    socket.on('connect', () => {
      if (trickle === undefined) socket.write(all);
      else void drip(all, trickle, (byte) => socket.writable && socket.write(byte));
    });
  });
}

async function drip(all: Buffer, pauseMs: number, write: (byte: Buffer) => boolean): Promise<void> {
  for (let at = 0; at < all.length; at += 1) {
    if (!write(all.subarray(at, at + 1))) return;
    // oxlint-disable-next-line no-await-in-loop -- that is the point
    await sleep(pauseMs);
  }
}
