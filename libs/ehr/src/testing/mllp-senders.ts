import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameReader } from '../mllp/frame-reader.js';

const LIMIT_MS = 90_000;

/** Waits until something holds. */
export async function until(holds: () => boolean, what = 'it did not become so in time'): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A connection that sends any bytes, and keeps the answers. */
export class RawSender {
  readonly answers: string[] = [];
  readonly #socket: Socket;
  readonly #reader = new FrameReader({ frameBytes: 2_000_000, strayBytes: 1_000 });
  isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      for (const event of this.#reader.push(chunk)) {
        this.answers.push(event.kind === 'frame' ? Buffer.from(event.payload).toString() : event.fault);
      }
    });
    // Whoever listens has nothing more to say.
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => (this.isClosed = true));
  }

  static async connect(port: number): Promise<RawSender> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const sender = new RawSender(socket);
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
    return sender;
  }

  /** Resolves when the system took the bytes, or the connection is gone. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(bytes)) return;
    await new Promise((resolve) => this.#socket.once('drain', resolve).once('close', resolve));
  }

  /** Bytes that the listener has not taken. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Ends our side; the other may still answer. */
  end(): void {
    this.#socket.end();
  }

  /** Takes no more answers. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Breaks the connection off. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  async answered(count: number): Promise<readonly string[]> {
    await until(() => this.answers.length >= count, `${this.answers.length} of ${count} answers came`);
    return this.answers;
  }

  async closed(): Promise<void> {
    await until(() => this.isClosed, 'the connection was not closed');
  }
}

/** A key with its certificate, PEM. */
export interface TestIdentity {
  readonly key: string;
  readonly cert: string;
}

/** Certificates of an authority made for the test; `undefined` where the system has no `openssl`. */
export function makeIdentities(
  names: readonly string[],
): { readonly ca: string; readonly of: ReadonlyMap<string, TestIdentity> } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'proviso-tls-'));
  const at = (name: string) => join(folder, name);
  const run = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'ignore', cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  try {
    run('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test CA');
    writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    for (const name of names) {
      run('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/O=Test/CN=${name}`);
      const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
      run('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signed, '-extfile', 'names');
    }
    const read = (name: string) => readFileSync(at(name), 'utf8');
    const of = names.map((name) => [name, { key: read(`${name}.key`), cert: read(`${name}.pem`) }] as const);
    return { ca: read('ca.pem'), of: new Map(of) };
  } catch (error) {
    process.stderr.write(`no test certificates: ${String(error)}\n`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
