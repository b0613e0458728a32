import { GatewayError } from '#outcome';

/** Levels of the tree between two tile levels. */
export const TILE_HEIGHT = 8;
/** Hashes of a full tile, entries of a full bundle. */
export const TILE_WIDTH = 256;
const MAX_LEVEL = 63;

/** What a tile path names. `width` is 256 for a full tile. */
export interface TileName {
  /** 0 to 63, or `entries` for an entry bundle. */
  readonly level: number | 'entries';
  readonly index: bigint;
  readonly width: number;
}

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The path of a tile or entry bundle below the log's prefix, without a leading slash. @see https://c2sp.org/tlog-tiles */
export function tilePath({ level, index, width }: TileName): string {
  const suffix = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${encodeIndex(index)}${suffix}`;
}

/** @throws GatewayError `not-found` where `path` is not the one form of a tile's path. */
export function parseTilePath(path: string): TileName {
  const match = PATH.exec(path);
  if (match === null) throw new GatewayError('not-found');
  const [, level = '', digits = '', width = String(TILE_WIDTH)] = match;
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index: BigInt(digits.replaceAll(/[x/]/g, '')),
    width: Number(width),
  };
  const inRange = name.width <= TILE_WIDTH && (name.level === 'entries' || name.level <= MAX_LEVEL);
  // writing it again refuses superfluous leading groups and a partial tile of full width
  if (!inRange || tilePath(name) !== path) throw new GatewayError('not-found');
  return name;
}

/** How many hashes tile (level, index) has in a tree of `size`; 0 where it has none. */
export function tileWidth(level: number, index: bigint, size: bigint): number {
  const nodes = size >> BigInt(level * TILE_HEIGHT);
  const left = nodes - index * BigInt(TILE_WIDTH);
  if (left <= 0n) return 0;
  return left >= BigInt(TILE_WIDTH) ? TILE_WIDTH : Number(left);
}

function encodeIndex(index: bigint): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  return padded.replaceAll(/\d{3}(?=\d)/g, 'x$&/');
}
