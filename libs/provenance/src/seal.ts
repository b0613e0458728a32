/**
 * Proof, for the compiler and for the client, that a record is durable and included in the log.
 * Only this lib makes one; a look-alike object is refused by the `#made` field.
 */
export class Seal {
  readonly #made = true;
  readonly origin: string;
  readonly index: bigint;
  /** RFC 6962 leaf hash, 32 bytes. */
  readonly leaf: Uint8Array;
  /** Tree size under whose checkpoint the record is included. */
  readonly size: bigint;

  private constructor(origin: string, index: bigint, leaf: Uint8Array, size: bigint) {
    this.origin = origin;
    this.index = index;
    this.leaf = leaf;
    this.size = size;
  }

  /** Whether `value` was made by `make`. */
  static is(value: unknown): value is Seal {
    return typeof value === 'object' && value !== null && #made in value && value.#made;
  }

  /** For log stores alone: call after COMMIT succeeded. The door exports it as `sealCommitted` to adapters of `LogStore`. */
  static make(this: void, at: { origin: string; index: bigint; leaf: Uint8Array; size: bigint }): Seal {
    return new Seal(at.origin, at.index, at.leaf, at.size);
  }
}
