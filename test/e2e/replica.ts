import type { ReadyFile } from '../../apps/standalone/src/ready.js';
import type { Answer, Ask, Asked } from './system.js';

const REQUEST_LIMIT_MS = 30_000;

/** What a replica shares with the others. */
export interface Shared {
  readonly ready: ReadyFile;
  token(client: string): Promise<string>;
}

/** One node process of several, asked at its own address with tokens that all of them take. */
export class Replica implements Asked {
  readonly origin: string;
  readonly #shared: Shared;

  constructor(shared: Shared, port: number) {
    this.#shared = shared;
    this.origin = `http://127.0.0.1:${port}`;
  }

  get ready(): ReadyFile {
    return this.#shared.ready;
  }

  person(index: number): ReturnType<Asked['person']> {
    const person = this.ready.people[index];
    const subject = person?.subjects[0];
    if (person === undefined || subject === undefined) throw new Error(`There is no person ${index}.`);
    return { patient: person.patient, subject, privateKey: person.privateKey };
  }

  async ask(path: string, { client, token, ...init }: Ask = {}): Promise<Answer> {
    const bearer = token ?? (client === undefined ? undefined : await this.#shared.token(client));
    const response = await fetch(`${this.origin}${path}`, {
      ...init,
      headers: { ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...init.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  fhir(client: string, path: string, ask: Ask = {}): Promise<Answer> {
    return this.ask(`/fhir/R4${path}`, { ...ask, client });
  }

  async bytes(path: string): Promise<Uint8Array> {
    const response = await fetch(`${this.origin}${path}`, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
    if (!response.ok) throw new Error(`${path} is answered with ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  }
}
