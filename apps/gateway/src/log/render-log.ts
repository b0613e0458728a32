import { renderJson, type Rendered } from '#http';
import { GatewayError } from '#outcome';
import { encodeEntryBundle, parseTilePath, tileWidth, TILE_WIDTH, type TileName } from '#provenance';
import type { Parts } from '../parts.js';

const OCTETS = { 'content-type': 'application/octet-stream' };
const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' };
const IMMUTABLE = 'public, max-age=31536000, immutable';
const MAX_SIZE = 2n ** 62n;

/**
 * The log as anyone may read it: checkpoint, tiles and entry bundles hold commitments alone.
 *
 * @param path below the log's prefix, without a leading slash
 * @throws GatewayError `not-found`
 * @see https://c2sp.org/tlog-tiles
 */
export async function renderLog(path: string, parts: Parts): Promise<Rendered> {
  if (path === 'checkpoint')
    return { status: 200, headers: TEXT, body: Buffer.from(await parts.publishedCheckpoint(), 'utf8') };
  const consistency = /^consistency\/(\d{1,19})\/(\d{1,19})$/.exec(path);
  if (consistency !== null)
    return renderConsistency(BigInt(consistency[1] ?? 0), BigInt(consistency[2] ?? 0), parts);
  return renderTile(parseTilePath(path), parts);
}

async function renderConsistency(from: bigint, to: bigint, parts: Parts): Promise<Rendered> {
  const { size } = await parts.log.head();
  if (from < 1n || from > to || to > size || to > MAX_SIZE) throw new GatewayError('not-found');
  const proof = await parts.log.consistency(from, to);
  return renderJson(200, { proof: proof.map((hash) => Buffer.from(hash).toString('base64')) });
}

async function renderTile(tile: TileName, parts: Parts): Promise<Rendered> {
  const { level, index, width } = tile;
  const { size } = await parts.log.head();
  if (tileWidth(level === 'entries' ? 0 : level, index, size) < width) throw new GatewayError('not-found');
  const headers = width === TILE_WIDTH ? { ...OCTETS, 'cache-control': IMMUTABLE } : OCTETS;
  return { status: 200, headers, body: await tileBytes(tile, parts) };
}

async function tileBytes({ level, index, width }: TileName, parts: Parts): Promise<Uint8Array> {
  if (level !== 'entries') return Buffer.concat(await parts.log.tile(level, index, width));
  const first = index * BigInt(TILE_WIDTH);
  return encodeEntryBundle(await parts.log.entries(first, first + BigInt(width)));
}
