import { GatewayError } from '#outcome';

/** Bounds the open requests of each client, so that one cannot take the log's queue from the others. */
export class Admission {
  readonly #limit: number;
  readonly #open = new Map<string, number>();
  readonly #clients = new WeakMap<object, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Lets a client's request in; the same request again changes nothing.
   *
   * @throws GatewayError `too-many-requests`
   */
  enter(client: string, request: object): void {
    if (this.#clients.has(request)) return;
    const open = this.#open.get(client) ?? 0;
    if (open >= this.#limit) throw new GatewayError('too-many-requests', { retryAfterS: 1 });
    this.#open.set(client, open + 1);
    this.#clients.set(request, client);
  }

  /** The request has ended; nothing happens where it was not let in. */
  leave(request: object): void {
    const client = this.#clients.get(request);
    if (client === undefined) return;
    this.#clients.delete(request);
    const open = (this.#open.get(client) ?? 1) - 1;
    if (open === 0) this.#open.delete(client);
    else this.#open.set(client, open);
  }
}
