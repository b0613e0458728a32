import { nextLink, selfLink, type PagedInteraction } from './links.js';
import { etagOf } from './etag.js';

/** A resource of a search Bundle, as stored. */
export interface SearchEntry {
  readonly type: string;
  readonly id: string;
  /** JSON of the resource; copied as it is. */
  readonly bytes: Uint8Array;
  readonly mode: 'match' | 'include';
}

/** What the two kinds of Bundle have in common. */
interface BundleParts {
  /** Absolute base of the API, without a slash at the end. */
  readonly base: string;
  readonly interaction: PagedInteraction;
  /** Cursor of the next page; none on the last. */
  readonly next: string | undefined;
  /** Number of matches; only where it was asked for. */
  readonly total: number | undefined;
}

/** What a searchset is made of. */
export interface SearchBundleParts extends BundleParts {
  readonly entries: readonly SearchEntry[];
  /** JSON of an OperationOutcome that goes with the answer. */
  readonly outcome?: Uint8Array;
}

/** A version in a history Bundle. */
export interface HistoryEntry {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  readonly lastUpdatedMs: number;
  /** JSON of the version; `undefined` where it is a deletion. */
  readonly bytes: Uint8Array | undefined;
}

/** What a history is made of. */
export interface HistoryBundleParts extends BundleParts {
  readonly entries: readonly HistoryEntry[];
}

/**
 * The bytes of a searchset Bundle. Resources are copied, never parsed and written anew, so that what was stored, hashed and
 * signed is what leaves.
 * @see https://hl7.org/fhir/R4/bundle.html#searchset
 */
export function searchBundle(parts: SearchBundleParts): Uint8Array {
  const entries = parts.entries.map(({ type, id, bytes, mode }) => [
    `{"fullUrl":${JSON.stringify(`${parts.base}/${type}/${id}`)},"resource":`,
    bytes,
    `,"search":{"mode":"${mode}"}}`,
  ]);
  const { outcome } = parts;
  const extra = outcome === undefined ? [] : [['{"resource":', outcome, ',"search":{"mode":"outcome"}}']];
  return bundleOf('searchset', parts, [...entries, ...extra]);
}

/**
 * The bytes of a history Bundle, newest version first as given.
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export function historyBundle(parts: HistoryBundleParts): Uint8Array {
  return bundleOf(
    'history',
    parts,
    parts.entries.map((entry) => historyEntry(parts.base, entry)),
  );
}

type Chunk = string | Uint8Array;

function historyEntry(base: string, entry: HistoryEntry): readonly Chunk[] {
  const { type, id, bytes, versionId, lastUpdatedMs } = entry;
  const request = { method: bytes === undefined ? 'DELETE' : 'PUT', url: `${type}/${id}` };
  const response = {
    status: bytes === undefined ? '204' : '200',
    etag: etagOf(versionId),
    lastModified: new Date(lastUpdatedMs).toISOString(),
  };
  const resource = bytes === undefined ? [] : ['"resource":', bytes, ','];
  return [
    `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},`,
    ...resource,
    `"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`,
  ];
}

function bundleOf(
  type: 'searchset' | 'history',
  { base, interaction, next, total }: BundleParts,
  entries: readonly (readonly Chunk[])[],
): Uint8Array {
  const links = [{ relation: 'self', url: selfLink(base, interaction) }];
  if (next !== undefined) links.push({ relation: 'next', url: nextLink(base, interaction, next) });
  const head = { resourceType: 'Bundle', type, ...(total === undefined ? {} : { total }), link: links };
  const text = JSON.stringify(head).slice(0, -1);
  if (entries.length === 0) return Buffer.from(`${text}}`);
  const chunks = entries.flatMap((entry, at) => (at === 0 ? entry : [',', ...entry]));
  return Buffer.concat(
    [`${text},"entry":[`, ...chunks, ']}'].map((chunk) =>
      typeof chunk === 'string' ? Buffer.from(chunk) : chunk,
    ),
  );
}
