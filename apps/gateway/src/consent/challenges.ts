import { createHmac, timingSafeEqual } from 'node:crypto';

const LIFE_MS = 10 * 60_000;

/**
 * Nonces for statements, without a table: a time and a random part under a MAC, good for ten minutes at any replica.
 * A statement that is replayed within that time meets its subject already bound.
 */
export class Challenges {
  readonly #key: Uint8Array;
  readonly #random: (bytes: number) => Uint8Array;

  constructor(key: Uint8Array, random: (bytes: number) => Uint8Array) {
    this.#key = key;
    this.#random = random;
  }

  issue(nowMs: number): string {
    const body = `${nowMs.toString(36)}.${Buffer.from(this.#random(16)).toString('base64url')}`;
    return `${body}.${this.#mac(body)}`;
  }

  isFresh(nonce: string, nowMs: number): boolean {
    const [time = '', random = '', mac = ''] = nonce.split('.');
    const expected = Buffer.from(this.#mac(`${time}.${random}`));
    const given = Buffer.from(mac);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    const issuedMs = Number.parseInt(time, 36);
    return issuedMs <= nowMs && nowMs < issuedMs + LIFE_MS;
  }

  #mac(body: string): string {
    return createHmac('sha256', this.#key).update(`proviso/challenge\0${body}`).digest('base64url');
  }
}
