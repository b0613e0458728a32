import { z } from 'zod';
import { requestToken } from './assertion.js';
import { CommandError } from './exit.js';
import type { ReadyFile } from './ready-file.js';

/** Where the API answers, and the clients that may be used. */
export type ApiPlace = Pick<ReadyFile, 'fhirBase' | 'tokenUrl' | 'clients'>;

const outcomeSchema = z.object({
  issue: z.array(
    z.object({
      details: z.object({ text: z.string().optional() }).optional(),
      diagnostics: z.string().optional(),
    }),
  ),
});

/** An answer of the gateway: its status, parsed body and receipt header. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly receipt: string | null;
}

/** Calls of Proviso's own API with the token of one of the registered clients. */
export class Api {
  readonly #place: ApiPlace;
  readonly #client: ApiPlace['clients'][number];
  #token: Promise<string> | undefined;

  constructor(place: ApiPlace, clientId: string) {
    const client = place.clients.find(({ id }) => id === clientId);
    if (client === undefined) throw new CommandError(`There is no client ${clientId} in ready.json.`);
    this.#place = place;
    this.#client = client;
  }

  /** The origin under which the API answers. */
  get origin(): string {
    return new URL(this.#place.fhirBase).origin;
  }

  async call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, body: parsed, receipt: response.headers.get('provenance-receipt') };
  }

  /** As `call`, and ends the command with the outcome's text where the answer is no success. */
  async must(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    return mustSucceed(`${method} ${path}`, await this.call(method, path, body));
  }

  token(): Promise<string> {
    const { id, jwk, scope, purpose } = this.#client;
    this.#token ??= requestToken({ tokenUrl: this.#place.tokenUrl, client: id, jwk, scope, purpose }).then(
      ({ access_token: token }) => token,
    );
    return this.#token;
  }
}

/** The answer, if it is a success; else ends the command with the outcome's text. */
export function mustSucceed(what: string, answer: ApiAnswer): ApiAnswer {
  if (answer.status < 300) return answer;
  const outcome = outcomeSchema.safeParse(answer.body);
  const issue = outcome.success ? outcome.data.issue[0] : undefined;
  const said = [issue?.details?.text, issue?.diagnostics].filter((text) => text !== undefined).join(' ');
  throw new CommandError(`${what}: ${answer.status} ${said}`);
}
