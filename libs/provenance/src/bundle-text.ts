import { GatewayError } from '#outcome';
import { parseStrict, toBase64, writeJson, type JsonObject } from '#digest';
import {
  BUNDLE_FORMAT,
  type BindingProof,
  type Bundle,
  type BundleAnchor,
  type ErasedPart,
} from './bundle.js';
import { JsonFields } from './json-fields.js';

const MAX_LENGTH = 16_000_000;

/**
 * Reads a bundle. Members that are not known are ignored.
 *
 * @throws GatewayError `malformed` where it is not strict JSON, a member is missing or of another type, or too large.
 */
export function parseBundle(source: Uint8Array | string): Bundle {
  if (source.length > MAX_LENGTH) throw new GatewayError('malformed', { details: 'bundle too large' });
  const fields = new JsonFields(parseStrict(source), 'bundle');
  if (fields.text('format') !== BUNDLE_FORMAT) {
    throw new GatewayError('malformed', { details: 'bundle.format' });
  }
  return {
    entry: fields.bytes('entry'),
    openings: fields.each('openings').map((opening) => ({
      group: opening.text('group'),
      salt: opening.bytes('salt'),
      bytes: opening.bytes('bytes'),
    })),
    subEntries: fields.each('subEntries').map((sub) => ({
      position: sub.number('position'),
      commitments: sub.hashes('commitments'),
      path: sub.hashes('path'),
    })),
    salts: fields.each('salts').map((salt) => ({ part: salt.text('part'), salt: salt.bytes('salt') })),
    resources: fields.each('resources').map((resource) => ({
      position: resource.number('position'),
      item: resource.number('item'),
      salt: resource.bytes('salt'),
      path: resource.hashes('path'),
    })),
    bindings: fields.each('bindings').map(readEntryProof),
    erased: fields.each('erased').map(readErased),
    tlogProof: fields.text('tlogProof'),
    anchors: fields.each('anchors').map(readAnchor),
    vkeys: fields.texts('vkeys'),
  };
}

function readEntryProof(fields: JsonFields): BindingProof {
  return { entry: fields.bytes('entry'), index: fields.counter('index'), path: fields.hashes('path') };
}

function readErased(fields: JsonFields): ErasedPart {
  const part = fields.text('part');
  const notice = fields.optional('notice');
  if (notice === undefined) return { part };
  return {
    part,
    notice: {
      ...readEntryProof(notice),
      salt: notice.bytes('salt'),
      bytes: notice.bytes('bytes'),
      position: notice.counter('position'),
      memberPath: notice.hashes('memberPath'),
    },
  };
}

function readAnchor(fields: JsonFields): BundleAnchor {
  const header = fields.optionalBytes('header');
  const storageProof = fields.hashes('storageProof');
  return {
    chainId: fields.text('chainId'),
    contract: fields.text('contract'),
    codeHash: fields.text('codeHash'),
    transaction: fields.text('transaction'),
    block: fields.text('block'),
    blockHash: fields.text('blockHash'),
    size: fields.counter('size'),
    root: fields.bytes('root'),
    consistency: fields.hashes('consistency'),
    ...(header === undefined ? {} : { header }),
    ...(storageProof.length === 0 ? {} : { storageProof }),
  };
}

/** Writes a bundle as JSON; `parseBundle` gives it back. */
export function writeBundle(bundle: Bundle): string {
  return writeJson(bundleJson(bundle));
}

/** A bundle as a member of other JSON. */
export function bundleJson(bundle: Bundle): JsonObject {
  return {
    format: BUNDLE_FORMAT,
    entry: toBase64(bundle.entry),
    openings: bundle.openings.map(({ group, salt, bytes }) => ({
      group,
      salt: toBase64(salt),
      bytes: toBase64(bytes),
    })),
    subEntries: bundle.subEntries.map(({ position, commitments, path }) => ({
      position,
      commitments: commitments.map(toBase64),
      path: path.map(toBase64),
    })),
    salts: bundle.salts.map(({ part, salt }) => ({ part, salt: toBase64(salt) })),
    resources: bundle.resources.map(({ position, item, salt, path }) => ({
      position,
      item,
      salt: toBase64(salt),
      path: path.map(toBase64),
    })),
    bindings: bundle.bindings.map(entryProofJson),
    erased: bundle.erased.map(erasedJson),
    tlogProof: bundle.tlogProof,
    anchors: bundle.anchors.map(anchorJson),
    vkeys: bundle.vkeys,
  };
}

function entryProofJson({ entry, index, path }: BindingProof): JsonObject {
  return { entry: toBase64(entry), index: String(index), path: path.map(toBase64) };
}

function erasedJson({ part, notice }: ErasedPart): JsonObject {
  if (notice === undefined) return { part };
  const { salt, bytes, position, memberPath } = notice;
  return {
    part,
    notice: {
      ...entryProofJson(notice),
      salt: toBase64(salt),
      bytes: toBase64(bytes),
      position: String(position),
      memberPath: memberPath.map(toBase64),
    },
  };
}

function anchorJson({ size, root, consistency, header, storageProof, ...rest }: BundleAnchor): JsonObject {
  return {
    ...rest,
    size: String(size),
    root: toBase64(root),
    consistency: consistency.map(toBase64),
    header: header === undefined ? undefined : toBase64(header),
    storageProof: storageProof?.map(toBase64),
  };
}
