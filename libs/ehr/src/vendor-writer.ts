import type { SourceWritePermit } from '#consent';
import { canonicalize, parseStrict, writeJson, type JsonObject } from '#digest';
import { isObject, listOf, textOf } from '#fhir';
import { GatewayError } from '#outcome';
import type { VendorAnswer, VendorRequest } from './http/vendor-answer.js';
import type { VendorClient } from './http/vendor-client.js';
import { invalid } from './http/vendor-failure.js';
import type { Pace } from './pace.js';
import { pagesOf } from './pages.js';
import type { SourceChange, SourceFinding, SourceHeld, SourceWritten } from './source.js';
import type { VendorProfile } from './vendor-profile.js';
import { demandWritable } from './writable.js';

/** System of the tag by which a write is found again. */
export const WRITE_KEYS = 'urn:proviso:write';

const METHODS = { create: 'POST', update: 'PUT', delete: 'DELETE' } as const;
const JSON_TYPE = 'application/fhir+json';
/** Answers after which the vendor surely wrote nothing, and may write another time. */
const NOT_NOW: ReadonlySet<number> = new Set([401, 425, 429]);
const REASONS: ReadonlyMap<number, Extract<SourceWritten, { kind: 'refused' }>['reason']> = new Map([
  [403, 'forbidden'],
  [404, 'gone'],
  [409, 'conflict'],
  [410, 'gone'],
  [412, 'conflict'],
]);

/** Writes to one vendor's FHIR server, and looks up what became of a write. */
export class VendorWriter {
  readonly #profile: VendorProfile;
  readonly id: string;
  readonly #client: VendorClient;
  readonly #pace: Pace;

  constructor(profile: VendorProfile, client: VendorClient, pace: Pace) {
    this.id = profile.id;
    this.#profile = profile;
    this.#pace = pace;
    this.#client = client;
  }

  /** Whether the vendor takes such a write. */
  writes(type: string, method: SourceChange['method']): boolean {
    const { write } = this.#profile;
    return write?.types.some((one) => one.type === type && one.methods.includes(method)) === true;
  }

  /** Writes, once. */
  async write(permit: SourceWritePermit, change: SourceChange): Promise<SourceWritten> {
    demandWritable(this, permit, change, this.#pace.nowMs());
    const request = this.#requestOf(change);
    const { write } = this.#profile;
    if (write === undefined || (request.body?.length ?? 0) > write.bytes) {
      return { kind: 'refused', reason: 'invalid', status: 413 };
    }
    let answer: VendorAnswer;
    try {
      answer = await this.#client.send(request, AbortSignal.timeout(write.timeoutMs));
    } catch (error) {
      return notSent(error);
    }
    return answer.kind === 'lost' ? lost(answer) : this.#judged(change, answer);
  }

  /** What became of a write. */
  async lookUp(change: SourceChange): Promise<SourceFinding> {
    const signal = AbortSignal.timeout(this.#profile.limits.pullMs);
    if (change.id === undefined) return this.#findCreated(change, signal);
    const bytes = await this.#client.find(this.#urlOf(change.type, change.id), signal);
    if (bytes === undefined) {
      return change.method === 'delete'
        ? { kind: 'found', held: { id: change.id, version: undefined, bytes: undefined } }
        : { kind: 'superseded' };
    }
    const resource = this.#parsed(bytes);
    const held = { id: change.id, version: versionIn(resource), bytes };
    if (held.version === change.version) return { kind: 'absent' };
    return change.method === 'update' && this.#isOurs(resource, change)
      ? { kind: 'found', held }
      : { kind: 'superseded' };
  }

  /** Of several that bear the key the first counts: a vendor that wrote twice did so on one request of ours. */
  async #findCreated(change: SourceChange, signal: AbortSignal): Promise<SourceFinding> {
    const params = {
      _tag: `${WRITE_KEYS}|${change.key}`,
      ...(change.patient === undefined ? {} : { patient: change.patient }),
    };
    for await (const page of pagesOf(this.#client, this.#profile, { type: change.type, params, signal })) {
      const id = page.resources
        .filter((resource) => hasTag(resource, change.key))
        .map((resource) => textOf(resource, 'id'))
        .find((one) => one !== undefined);
      if (id === undefined) continue;
      const bytes = await this.#client.find(this.#urlOf(change.type, id), signal);
      if (bytes === undefined) return { kind: 'superseded' };
      return { kind: 'found', held: { id, version: versionIn(this.#parsed(bytes)), bytes } };
    }
    return { kind: 'absent' };
  }

  #isOurs(resource: JsonObject, change: SourceChange): boolean {
    if (this.#profile.write?.foundBy === 'tag') return hasTag(resource, change.key);
    return change.resource !== undefined && contentOf(resource) === contentOf(change.resource);
  }

  async #judged(
    change: SourceChange,
    answer: Extract<VendorAnswer, { kind: 'answer' }>,
  ): Promise<SourceWritten> {
    const { status } = answer;
    if (status >= 200 && status < 300) return this.#done(change, answer);
    if (NOT_NOW.has(status)) {
      const retryAfterS = this.#client.restFor(answer.retryAfter);
      return { kind: 'not-sent', code: 'source-unavailable', retryAfterS };
    }
    if (status >= 500 || status === 408) return { kind: 'unknown', code: 'source-unavailable' };
    return { kind: 'refused', reason: REASONS.get(status) ?? 'invalid', status };
  }

  /** The vendor wrote. What it holds now is in its answer, else it is read; where that fails, somebody has to look later. */
  async #done(
    change: SourceChange,
    answer: Extract<VendorAnswer, { kind: 'answer' }>,
  ): Promise<SourceWritten> {
    if (change.method === 'delete') {
      return { kind: 'done', held: { id: change.id ?? '', version: undefined, bytes: undefined } };
    }
    const held = heldIn(change, answer) ?? (await this.#heldAt(change, answer.location));
    return held === undefined ? { kind: 'unknown', code: 'source-invalid' } : { kind: 'done', held };
  }

  async #heldAt(change: SourceChange, location: string | undefined): Promise<SourceHeld | undefined> {
    const id = change.id ?? this.#idIn(change.type, location);
    if (id === undefined) return undefined;
    const signal = AbortSignal.timeout(this.#profile.limits.pullMs);
    try {
      const bytes = await this.#client.find(this.#urlOf(change.type, id), signal);
      const resource = bytes === undefined ? undefined : this.#parsed(bytes);
      const isOurs = resource !== undefined && this.#isOurs(resource, change);
      return isOurs ? { id, version: versionIn(resource), bytes } : undefined;
    } catch (error) {
      if (error instanceof GatewayError && error.code.startsWith('source-')) return undefined;
      throw error;
    }
  }

  /** The id that a Location names, where it lies below the base. */
  #idIn(type: string, location: string | undefined): string | undefined {
    const { baseUrl } = this.#profile;
    const url = location === undefined ? undefined : URL.parse(location, `${baseUrl}/`)?.href;
    if (url?.startsWith(`${baseUrl}/${type}/`) !== true) return undefined;
    const [id = ''] = url.slice(`${baseUrl}/${type}/`.length).split('/');
    return /^[A-Za-z0-9\-.]{1,64}$/.test(id) ? id : undefined;
  }

  #requestOf(change: SourceChange): VendorRequest {
    const { method, type, id, version, key } = change;
    const resource = change.resource === undefined ? undefined : this.#tagged(change.resource, change);
    return {
      method: METHODS[method],
      url: id === undefined ? `${this.#profile.baseUrl}/${type}` : this.#urlOf(type, id),
      headers: {
        'idempotency-key': key,
        prefer: 'return=representation',
        ...(version === undefined ? {} : { 'if-match': `W/"${version}"` }),
        ...(resource === undefined ? {} : { 'content-type': JSON_TYPE }),
      },
      body: resource === undefined ? undefined : Buffer.from(writeJson(resource), 'utf8'),
    };
  }

  /** With the id that the vendor knows, and the key where the vendor keeps tags; earlier keys go. */
  #tagged({ id: _id, meta, ...content }: JsonObject, { id, key }: SourceChange): JsonObject {
    const { versionId: _v, lastUpdated: _t, source: _s, tag, ...kept } = isObject(meta) ? meta : {};
    const others = listOf(tag).filter((one) => !isObject(one) || one.system !== WRITE_KEYS);
    const isTagged = this.#profile.write?.foundBy === 'tag';
    const tags = isTagged ? [...others, { system: WRITE_KEYS, code: key }] : others;
    const own = { ...kept, ...(tags.length === 0 ? {} : { tag: tags }) };
    return {
      ...(id === undefined ? {} : { id }),
      ...(Object.keys(own).length === 0 ? {} : { meta: own }),
      ...content,
    };
  }

  #urlOf(type: string, id: string): string {
    return `${this.#profile.baseUrl}/${type}/${encodeURIComponent(id)}`;
  }

  #parsed(bytes: Uint8Array): JsonObject {
    const resource = objectIn(bytes);
    if (resource === undefined) throw invalid(this.#profile.id, 'answer is not strict JSON');
    return resource;
  }
}

/** What an answer itself shows of what is held: a resource of the type, with the id that was asked for. */
function heldIn(
  change: SourceChange,
  { bytes, etag }: Extract<VendorAnswer, { kind: 'answer' }>,
): SourceHeld | undefined {
  const resource = bytes === undefined ? undefined : objectIn(bytes);
  const id = resource === undefined ? undefined : textOf(resource, 'id');
  if (resource === undefined || bytes === undefined || id === undefined) return undefined;
  if (resource.resourceType !== change.type || (change.id !== undefined && change.id !== id))
    return undefined;
  return { id, version: versionIn(resource) ?? etagIn(etag), bytes };
}

function objectIn(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value = parseStrict(bytes);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function versionIn(resource: JsonObject): string | undefined {
  return isObject(resource.meta) ? textOf(resource.meta, 'versionId') : undefined;
}

function etagIn(etag: string | undefined): string | undefined {
  return /^(?:W\/)?"([^"]+)"$/.exec(etag ?? '')?.[1];
}

function hasTag(resource: JsonObject, key: string): boolean {
  const tags = isObject(resource.meta) ? listOf(resource.meta.tag) : [];
  return tags.some((tag) => isObject(tag) && tag.system === WRITE_KEYS && tag.code === key);
}

/** The content in one order, without what a store writes of itself. */
function contentOf({ id: _id, meta: _meta, ...content }: JsonObject): string {
  return canonicalize(content);
}

function notSent(error: unknown): SourceWritten {
  if (!(error instanceof GatewayError)) throw error;
  const { code, retryAfterS } = error;
  if (code === 'source-timeout' || code === 'source-unavailable' || code === 'source-invalid') {
    return { kind: 'not-sent', code, retryAfterS };
  }
  throw error;
}

function lost({ wasSent, failure }: Extract<VendorAnswer, { kind: 'lost' }>): SourceWritten {
  return wasSent
    ? { kind: 'unknown', code: failure.code }
    : { kind: 'not-sent', code: failure.code, retryAfterS: undefined };
}
