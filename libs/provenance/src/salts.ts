import { sha256 } from '#digest';
import { TAG } from './commitment.js';

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;
const LABEL_ROOM = 40;

/**
 * The salts of one record key: HMAC-SHA-256(record key, label), so that opening one group says nothing of another.
 * The key's two blocks are prepared once; a salt then costs two one-shot hashes.
 */
export class Salts {
  readonly #inner = Buffer.alloc(BLOCK_BYTES + LABEL_ROOM);
  readonly #outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);

  /** @param recordKey 32 bytes. */
  constructor(recordKey: Uint8Array) {
    if (recordKey.length !== HASH_BYTES) throw new RangeError('a record key has 32 bytes');
    this.#inner.fill(0x36, 0, BLOCK_BYTES);
    this.#outer.fill(0x5c, 0, BLOCK_BYTES);
    for (const [i, byte] of recordKey.entries()) {
      this.#inner[i] = byte ^ 0x36;
      this.#outer[i] = byte ^ 0x5c;
    }
  }

  /** salt_i of group `i` in this key's scope. */
  group(i: number): Uint8Array {
    const end = this.#label(TAG.salt);
    this.#inner.writeUInt8(i, end);
    return this.#hmac(end + 1);
  }

  wire(): Uint8Array {
    return this.#hmac(this.#label(TAG.wire));
  }

  parameters(): Uint8Array {
    return this.#hmac(this.#label(TAG.parameters));
  }

  /** One salt per resource: with a shared one, opening one would expose a low-entropy sibling to guessing. */
  canon(k: number): Uint8Array {
    return this.#numbered(TAG.canon, k);
  }

  upstream(k: number): Uint8Array {
    return this.#numbered(TAG.upstream, k);
  }

  /** The padding leaf at position `k` of the tree of canon commitments. */
  pad(k: number): Uint8Array {
    return this.#numbered(TAG.pad, k);
  }

  #numbered(tag: string, k: number): Uint8Array {
    const end = this.#label(tag);
    this.#inner.writeUInt32BE(k, end);
    return this.#hmac(end + 4);
  }

  #label(tag: string): number {
    return BLOCK_BYTES + this.#inner.write(tag, BLOCK_BYTES, 'latin1');
  }

  #hmac(end: number): Uint8Array {
    this.#outer.set(sha256(this.#inner.subarray(0, end)), BLOCK_BYTES);
    return sha256(this.#outer);
  }
}
