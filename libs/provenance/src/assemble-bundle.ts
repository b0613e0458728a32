import type {
  BindingProof,
  Bundle,
  BundleAnchor,
  BytesSalt,
  ErasedPart,
  Opening,
  ResourceProof,
  SubEntryProof,
} from './bundle.js';
import { commitSubGroup, OUTER_GROUPS } from './commitment.js';
import { padCanons } from './pad-canons.js';
import { paddedPaths } from './padded-tree.js';
import { decodePart, openPart, type Part } from './part.js';
import { Salts } from './salts.js';
import { writeTlogProof, type TlogProof } from './tlog-proof.js';

/** What a receipt is made of. */
export interface BundleSources {
  readonly entry: Uint8Array;
  /** The record's parts as the vault opened them; leave out what the reader may not see. */
  readonly parts: readonly Uint8Array[];
  readonly erased?: readonly ErasedPart[];
  readonly proof: TlogProof;
  /** The bindings that the opened decisions rest on. */
  readonly bindings?: readonly BindingProof[];
  readonly anchors?: readonly BundleAnchor[];
  readonly vkeys?: readonly string[];
}

/**
 * Makes the receipt of a record. A reader gets salts, never record keys: what is not opened here stays closed.
 *
 * @throws GatewayError `integrity-failure` where a part is not one.
 */
export function assembleBundle(sources: BundleSources): Bundle {
  const pieces = sources.parts.map(piecesOf);
  return {
    entry: sources.entry,
    openings: pieces.flatMap((piece) => piece.openings),
    subEntries: pieces.flatMap((piece) => piece.subEntries),
    salts: pieces.flatMap((piece) => piece.salts),
    resources: pieces.flatMap((piece) => piece.resources),
    bindings: sources.bindings ?? [],
    erased: sources.erased ?? [],
    tlogProof: writeTlogProof(sources.proof),
    anchors: sources.anchors ?? [],
    vkeys: sources.vkeys ?? [],
  };
}

interface Pieces {
  readonly openings: readonly Opening[];
  readonly subEntries: readonly SubEntryProof[];
  readonly salts: readonly BytesSalt[];
  readonly resources: readonly ResourceProof[];
}

function piecesOf(plain: Uint8Array): Pieces {
  const part = decodePart(plain);
  const openings = openPart(plain);
  const salts = new Salts(part.recordKey);
  if (part.kind === 'outer') {
    const isRequest = OUTER_GROUPS[part.group] === 'request';
    const request = isRequest ? [{ part: 'request', salt: salts.parameters() }] : [];
    return { openings, subEntries: [], salts: request, resources: [] };
  }
  const { position, path } = part;
  const commitments = part.groups.map((bytes, j) => commitSubGroup(j, salts.group(j), bytes));
  return {
    openings,
    subEntries: [{ position, commitments, path }],
    salts: [{ part: `sub:${position}`, salt: salts.wire() }],
    resources: resourcesOf(part, salts),
  };
}

function resourcesOf({ position, canons }: Extract<Part, { kind: 'sub' }>, salts: Salts): ResourceProof[] {
  const paths = paddedPaths(padCanons(canons, salts), canons.length);
  return paths.map((path, item) => ({ position, item, salt: salts.canon(item), path }));
}
