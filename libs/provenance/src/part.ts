import { GatewayError } from '#outcome';
import { OUTER_GROUPS, SUB_GROUPS } from './commitment.js';
import type { OpenedGroup } from './ports.js';
import { Salts } from './salts.js';
import { HASH_BYTES } from './tree-hash.js';

const VERSION = 1;
const SUB_KIND = 3;

/** All that opens one part of a record later: what the vault encrypts. */
export type Part =
  | {
      readonly kind: 'outer';
      /** 0 op, 1 actor, 2 request. */
      readonly group: number;
      readonly recordKey: Uint8Array;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'sub';
      readonly recordKey: Uint8Array;
      /** The bytes of subject, content, decision, links. */
      readonly groups: readonly Uint8Array[];
      /** Position among the padded sub-entries, and the siblings from there to the entry's root. */
      readonly position: number;
      readonly path: readonly Uint8Array[];
      /** canonC of each resource, in the order of the content group's items. */
      readonly canons: readonly Uint8Array[];
    };

/** Encodes a part. @see docs/spec/provenance.md "Parts" */
export function encodePart(part: Part): Uint8Array {
  if (part.kind === 'outer') {
    return Buffer.concat([
      Buffer.from([VERSION, part.group]),
      part.recordKey,
      u32(part.bytes.length),
      part.bytes,
    ]);
  }
  const pieces: Uint8Array[] = [Buffer.from([VERSION, SUB_KIND]), part.recordKey];
  for (const bytes of part.groups) pieces.push(u32(bytes.length), bytes);
  pieces.push(
    u32(part.position),
    u32(part.path.length),
    ...part.path,
    u32(part.canons.length),
    ...part.canons,
  );
  return Buffer.concat(pieces);
}

/** @throws GatewayError `integrity-failure` where the bytes are no part. */
export function decodePart(plain: Uint8Array): Part {
  const reader = new Reader(plain);
  if (reader.byte() !== VERSION) throw broken();
  const kind = reader.byte();
  const recordKey = reader.take(HASH_BYTES);
  if (kind < SUB_KIND) {
    const bytes = reader.take(reader.number());
    reader.end();
    return { kind: 'outer', group: kind, recordKey, bytes };
  }
  if (kind !== SUB_KIND) throw broken();
  const groups = SUB_GROUPS.map(() => reader.take(reader.number()));
  const position = reader.number();
  const path = reader.hashes();
  const canons = reader.hashes();
  reader.end();
  return { kind: 'sub', recordKey, groups, position, path, canons };
}

/**
 * Opens what the vault gave back: each group's name, salt and exact bytes.
 * Names are `op`, `actor`, `request`, or `sub:<j>/subject`, `…/content`, `…/decision`, `…/links`.
 *
 * @throws GatewayError `integrity-failure` where the bytes are no part.
 */
export function openPart(plain: Uint8Array): OpenedGroup[] {
  const part = decodePart(plain);
  const salts = new Salts(part.recordKey);
  if (part.kind === 'outer') {
    return [{ group: OUTER_GROUPS[part.group] ?? '', salt: salts.group(part.group), bytes: part.bytes }];
  }
  return part.groups.map((bytes, j) => ({
    group: `sub:${part.position}/${SUB_GROUPS[j] ?? ''}`,
    salt: salts.group(j),
    bytes,
  }));
}

function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function broken(): GatewayError {
  return new GatewayError('integrity-failure', { details: 'part of a record' });
}

/** Reads fields in order and refuses to read past the end. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw broken();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  number(): number {
    this.take(4);
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  hashes(): Uint8Array[] {
    const all = this.take(this.number() * HASH_BYTES);
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < all.length; at += HASH_BYTES) hashes.push(all.subarray(at, at + HASH_BYTES));
    return hashes;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw broken();
  }
}
