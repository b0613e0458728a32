import { factsOf, type Facts } from '#consent';
import {
  canonicalize,
  canonicalMembers,
  Decimal,
  hasDecimal,
  joinMembers,
  sha256,
  writeJson,
  type JsonObject,
  type JsonValue,
} from '#digest';
import { isList, isObject, patientsOf } from '#fhir';
import { indexRows, storedRows, type IndexRows } from '#search';
import type { VersionWrite } from './change.js';
import type { PatientRole } from './version-row.js';

/** Where a version comes from, and what it is called. */
export interface VersionAt {
  /** Id of the source; `meta.source` becomes `urn:proviso:source:<id>`. */
  readonly source: string;
  readonly versionId: string;
  /** Epoch milliseconds. */
  readonly lastUpdatedMs: number;
}

const NO_INDEX: IndexRows = {
  token: [],
  string: [],
  reference: [],
  date: [],
  number: [],
  quantity: [],
  uri: [],
};

/**
 * Makes a version ready to be written: exact bytes in the order of the resource's members, digests, facts with labels,
 * patients, index rows.
 * @param resource R4, valid, with our id, and references to our ids
 * @param told facts and patients that do not follow from the resource itself: those of a Provenance are its target's
 * @throws `malformed` where the resource cannot be written as JSON
 */
export function prepareVersion(
  resource: JsonObject,
  at: VersionAt,
  told?: Pick<VersionWrite, 'facts' | 'patients'>,
): VersionWrite {
  const { resourceType, id, meta, ...rest } = resource;
  const own = {
    versionId: at.versionId,
    lastUpdated: new Date(at.lastUpdatedMs).toISOString(),
    source: `urn:proviso:source:${at.source}`,
  };
  const shown = { ...(isObject(meta) ? meta : {}), ...own };
  const written = { resourceType, id, meta: shown, ...rest };
  const bytes = Buffer.from(writeJson(written));
  // What it says beside `meta` is written once for both digests, unless one of them needs more digits of it.
  const members = canonicalMembers({ resourceType, id, ...rest });
  const isShared = !hasDecimal(resource);
  return {
    type: textOf(resourceType),
    id: textOf(id),
    versionId: at.versionId,
    deleted: false,
    bytes,
    digest: sha256(bytes),
    canon: sha256(withMeta(members, shown)),
    content: isShared ? sha256(withMeta(members, saidMeta(meta))) : contentOf(resource),
    lastUpdatedMs: at.lastUpdatedMs,
    source: at.source,
    facts: told?.facts ?? factsOf(written, at),
    patients: told?.patients ?? patientsOf(written),
    index: storedRows(textOf(resourceType), indexRows(written)),
  };
}

/**
 * Makes the version that says a resource is gone. It has no bytes, and keeps the facts and patients of the version
 * before: who might see that one may know of the deletion, and nobody else.
 */
export function prepareDeletion(
  before: { readonly facts: Facts; readonly patients: readonly PatientRole[] },
  at: VersionAt,
): VersionWrite {
  const nothing = sha256('');
  return {
    type: before.facts.type,
    id: before.facts.id,
    versionId: at.versionId,
    deleted: true,
    bytes: new Uint8Array(),
    digest: nothing,
    canon: nothing,
    content: nothing,
    lastUpdatedMs: at.lastUpdatedMs,
    source: at.source,
    facts: { ...before.facts, versionId: at.versionId },
    patients: before.patients.map(({ patient, role }) => ({ patient, role })),
    index: NO_INDEX,
  };
}

/** Digest of what a source said of a resource: what we add to `meta` left out, decimals with all their digits. */
export function contentOf(resource: JsonObject): Uint8Array {
  const { meta, ...rest } = resource;
  const said = { ...rest, meta: saidMeta(meta) };
  return sha256(canonicalize(hasDecimal(said) ? precise(said) : said));
}

/** `meta` without what we add. */
function saidMeta(meta: JsonValue | undefined): JsonObject {
  const { versionId: _version, lastUpdated: _updated, source: _source, ...kept } = isObject(meta) ? meta : {};
  return kept;
}

function withMeta(members: ReadonlyMap<string, string>, meta: JsonObject): string {
  return joinMembers(new Map([...members, ['meta', canonicalize(meta)]]));
}

/** The canonical form gives `1.10` and `1.1` one text; for a laboratory they are two values. */
function precise(value: JsonValue): JsonValue {
  if (value instanceof Decimal) {
    return { decimal: value.text };
  }
  if (isList(value)) {
    return value.map(precise);
  }
  if (!isObject(value)) {
    return value;
  }
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [[name, precise(member)] as const],
  );
  return Object.fromEntries(members);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
