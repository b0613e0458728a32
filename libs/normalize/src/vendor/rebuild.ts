import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject, textOf } from '#fhir';
import type { IssueCode, NormaliseIssue } from '../normalised.js';
import type { Entry } from './entries.js';
import type { Rewrite } from './references.js';

/** The severity of what the walk remarks. */
const SEVERITY: Readonly<Partial<Record<IssueCode, NormaliseIssue['severity']>>> = {
  'modifier-extension': 'warning',
  'implicit-rules': 'warning',
  'dangling-reference': 'warning',
  'foreign-reference': 'information',
  'versioned-reference': 'information',
};

/** Members of `meta` that tell of the vendor's store, not of the content. The store writes its own. */
const OF_THE_VENDOR: ReadonlySet<string> = new Set(['versionId', 'lastUpdated', 'source']);

/** A resource with our id and references, everything else as it came, and what was met on the way. */
export function rebuild(
  entry: Entry,
  id: string,
  rewrite: Rewrite,
): { readonly resource: JsonObject; readonly issues: readonly NormaliseIssue[] } {
  const issues: NormaliseIssue[] = [];
  const remark = (code: IssueCode, expression: string): void => {
    issues.push({ severity: SEVERITY[code] ?? 'information', code, type: entry.type, expression });
  };
  const walked = walkObject(entry.resource, entry.path, { rewrite, remark });
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
  readonly remark: (code: IssueCode, expression: string) => void;
}

function walk(value: JsonValue, path: string, how: Walk): JsonValue {
  if (isList(value)) {
    return value.map((item, at) => walk(item, `${path}[${at}]`, how));
  }
  return isObject(value) ? walkObject(value, path, how) : value;
}

function walkObject(object: JsonObject, path: string, how: Walk): JsonObject {
  if (object.modifierExtension !== undefined) {
    how.remark('modifier-extension', `${path}.modifierExtension`);
  }
  const members = Object.entries(object).map(([name, member]) => [
    name,
    member === undefined ? undefined : walk(member, `${path}.${name}`, how),
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
