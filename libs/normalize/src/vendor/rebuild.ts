import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject, textOf } from '#fhir';
import type { IssueCode, NormaliseIssue } from '../normalised.js';
import type { Entry } from './entries.js';
import type { Rewrite } from './references.js';
import { zoned } from './zoned.js';

/** The severity of what the walk remarks. */
const SEVERITY: Readonly<Partial<Record<IssueCode, NormaliseIssue['severity']>>> = {
  'modifier-extension': 'warning',
  'implicit-rules': 'warning',
  'dangling-reference': 'warning',
  'foreign-reference': 'information',
  'versioned-reference': 'information',
  'zone-assumed': 'information',
  'zone-ambiguous': 'warning',
};

/** Members of `meta` that tell of the vendor's store, not of the content. The store writes its own. */
const OF_THE_VENDOR: ReadonlySet<string> = new Set(['versionId', 'lastUpdated', 'source']);

/** A resource with our id and references, everything else as it came, and what was met on the way. */
export function rebuild(
  entry: Entry,
  id: string,
  how: { readonly rewrite: Rewrite; readonly zone: string },
): { readonly resource: JsonObject; readonly issues: readonly NormaliseIssue[] } {
  const issues: NormaliseIssue[] = [];
  const remark = (code: IssueCode, expression: string): void => {
    issues.push({ severity: SEVERITY[code] ?? 'information', code, type: entry.type, expression });
  };
  const walked = walkObject(entry.resource, entry.path, { ...how, remark });
  if (walked.implicitRules !== undefined) {
    remark('implicit-rules', `${entry.path}.implicitRules`);
  }
  const { resourceType, id: _id, meta, ...content } = walked;
  const kept = withoutVendorMeta(meta);
  return {
    resource: { resourceType, id, ...(kept === undefined ? {} : { meta: kept }), ...content },
    issues,
  };
}

interface Walk {
  readonly rewrite: Rewrite;
  readonly zone: string;
  readonly remark: (code: IssueCode, expression: string) => void;
}

function walk(value: JsonValue, name: string, path: string, how: Walk): JsonValue {
  if (isList(value)) {
    return value.map((item, at) => walk(item, name, `${path}[${at}]`, how));
  }
  if (isObject(value)) {
    return walkObject(value, path, how);
  }
  const time = typeof value === 'string' ? zoned(name, value, how.zone) : undefined;
  if (time === undefined) {
    return value;
  }
  how.remark(time.ambiguous ? 'zone-ambiguous' : 'zone-assumed', path);
  return time.text;
}

function walkObject(object: JsonObject, path: string, how: Walk): JsonObject {
  if (object.modifierExtension !== undefined) {
    how.remark('modifier-extension', `${path}.modifierExtension`);
  }
  const members = Object.entries(object).map(([name, member]) => [
    name,
    member === undefined ? undefined : walk(member, name, `${path}.${name}`, how),
  ]);
  const walked: JsonObject = Object.fromEntries(members);
  const literal = textOf(walked, 'reference');
  if (literal === undefined || literal === '') {
    return walked;
  }
  const { reference, issue } = how.rewrite(walked, literal);
  if (issue !== undefined) {
    how.remark(issue, `${path}.reference`);
  }
  return reference;
}

function withoutVendorMeta(meta: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(meta)) {
    return meta;
  }
  const members = Object.entries(meta).filter(([name]) => !OF_THE_VENDOR.has(name.replace(/^_/, '')));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}
