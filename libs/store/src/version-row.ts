import type { Facts } from '#consent';
import type { VersionWrite } from './change.js';
import type { ColumnValue, RowMac } from './row-mac.js';

/** What the MAC of a version covers: which version it is, both digests, all facts, and whose data it is. */
export interface VersionFacts {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly version_id: string;
  readonly deleted: boolean;
  readonly digest: Uint8Array;
  readonly canon: Uint8Array;
  readonly last_updated: number;
  readonly source: string;
  readonly codes: readonly string[];
  readonly labels: readonly string[];
  readonly label_rules: string;
  readonly authors: readonly string[];
  readonly related: readonly string[];
  readonly targets: readonly string[];
  readonly time_lo: number;
  readonly time_hi: number;
  readonly time_known: boolean;
  readonly record_id: string;
}

/** A row of `resource_version` as it is written. `current` alone may change later. */
export interface VersionRow extends VersionFacts {
  readonly current: boolean;
  readonly bytes: Uint8Array;
  /** `contentMac` of the content's digest: intake compares with it, and no answer needs it. */
  readonly content: Uint8Array;
  readonly mac: Uint8Array;
}

/** A patient of a version. */
export interface PatientRole {
  readonly patient: string;
  readonly role: 'subject' | 'other';
}

/** The row of a version that record `recordId` writes. */
export function versionRow(
  context: { readonly tenant: string; readonly mac: RowMac },
  version: VersionWrite,
  recordId: string,
  current: boolean,
): VersionRow {
  const facts = {
    ...factColumns(version.facts),
    ...identity(version),
    tenant: context.tenant,
    record_id: recordId,
  };
  const mac = context.mac.of('resource_version', versionMacRow(facts, version.patients));
  return { ...facts, current, bytes: version.bytes, content: contentMac(context.mac, version), mac };
}

/** What is stored of a version's content digest: bound to the version, so that it cannot be lent to another. */
export function contentMac(
  mac: RowMac,
  version: Pick<VersionWrite, 'type' | 'id' | 'versionId' | 'content'>,
): Uint8Array {
  const { type, id, versionId, content } = version;
  return mac.of('content', { type, id, versionId, content });
}

/**
 * The columns under the MAC: the facts, and the patients in a fixed order. Targets are among them where there are any, so
 * that versions from before the column keep their MAC.
 */
export function versionMacRow(
  { targets, ...facts }: VersionFacts,
  patients: readonly PatientRole[],
): Readonly<Record<string, ColumnValue>> {
  return {
    ...facts,
    ...(targets.length === 0 ? {} : { targets }),
    patients: patients.map(({ patient, role }) => `${role} ${patient}`).toSorted(),
  };
}

/** The facts of a version from its columns. */
export function factsOfRow(row: VersionFacts): Facts {
  return {
    type: row.type,
    id: row.id,
    versionId: row.version_id,
    codes: row.codes,
    labels: row.labels,
    labelRules: row.label_rules,
    authors: row.authors,
    related: row.related,
    targets: row.targets,
    source: row.source,
    time: row.time_known ? { from: row.time_lo, to: row.time_hi } : null,
  };
}

function identity(version: VersionWrite) {
  return {
    type: version.type,
    id: version.id,
    version_id: version.versionId,
    deleted: version.deleted,
    digest: version.digest,
    canon: version.canon,
    last_updated: version.lastUpdatedMs,
    source: version.source,
  };
}

function factColumns(facts: Facts) {
  return {
    codes: facts.codes,
    labels: facts.labels,
    label_rules: facts.labelRules,
    authors: facts.authors,
    related: facts.related,
    targets: facts.targets,
    time_lo: facts.time?.from ?? -Infinity,
    time_hi: facts.time?.to ?? Infinity,
    time_known: facts.time !== null,
  };
}
