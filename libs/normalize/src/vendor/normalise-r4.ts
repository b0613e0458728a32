import { canonicalize, parseStrict, sha256, toHex, type JsonValue } from '#digest';
import type {
  Normalised,
  NormalisedResource,
  NormaliseContext,
  NormaliseIssue,
  ResourceFault,
} from '../normalised.js';
import { resourceIdOf } from '../resource-id.js';
import { entriesOf, type Entry } from './entries.js';
import { rebuild } from './rebuild.js';
import { rewriteFor } from './references.js';

/**
 * Normalises a payload of FHIR R4 JSON: a resource or a Bundle of any kind.
 *
 * Extensions, data-absent-reasons and the digits of decimals stay. The vendor's version id, time and `meta.source` go.
 * Times without a zone get that of the source. A resource that is not valid is left out with an `error` issue, unless all its faults are tolerated.
 *
 * @param payload The exact bytes received.
 * @see https://hl7.org/fhir/R4/json.html
 */
export function normaliseR4(payload: Uint8Array, context: NormaliseContext): Normalised {
  let json: JsonValue;
  try {
    json = parseStrict(payload);
  } catch {
    const issue = { severity: 'error', code: 'malformed', type: undefined, expression: '$this' } as const;
    return { resources: [], issues: [issue] };
  }
  const { entries, issues } = entriesOf(json);
  const upstream = toHex(sha256(payload));
  const rewriteOf = rewriteFor(context, entries);
  const parts = entries.map((entry) =>
    normaliseEntry(entry, rewriteOf(entry.resource), { context, upstream }),
  );
  const taken = withoutRepeats(parts);
  return {
    resources: taken.resources,
    issues: [...issues, ...parts.flatMap((part) => part.issues), ...taken.issues],
  };
}

interface Part {
  readonly entry: Entry;
  readonly resource: NormalisedResource | undefined;
  readonly issues: readonly NormaliseIssue[];
}

function normaliseEntry(
  entry: Entry,
  rewrite: ReturnType<ReturnType<typeof rewriteFor>>,
  from: { readonly context: NormaliseContext; readonly upstream: string },
): Part {
  const { type, key } = entry;
  const { context, upstream } = from;
  const id = resourceIdOf(context.source, type, key);
  const { resource, issues } = rebuild(entry, id, { rewrite, zone: context.zone });
  const judged = context.validate(resource).map((fault) => judge(entry, fault, context));
  const valid = judged.every((issue) => issue.code === 'tolerated');
  return {
    entry,
    resource: valid ? { type, id, key, resource, upstream } : undefined,
    issues: [...issues, ...judged],
  };
}

function judge(entry: Entry, fault: ResourceFault, context: NormaliseContext): NormaliseIssue {
  const element = fault.expression.replaceAll(/\[\d+\]/g, '');
  const tolerated = context.tolerated.some(
    (one) =>
      one.type === entry.type &&
      one.rule === fault.rule &&
      (one.expression === undefined || one.expression === element),
  );
  return {
    severity: tolerated ? 'warning' : 'error',
    code: tolerated ? 'tolerated' : 'invalid',
    type: entry.type,
    expression: fault.expression,
    fault: fault.rule,
  };
}

/** The same resource twice in a payload counts once; of two that differ the last counts, with a warning. */
function withoutRepeats(parts: readonly Part[]): Normalised {
  const taken = new Map<string, NormalisedResource>();
  const issues: NormaliseIssue[] = [];
  for (const { entry, resource } of parts) {
    if (resource === undefined) {
      continue;
    }
    const before = taken.get(resource.id);
    if (before !== undefined) {
      const same = canonicalize(before.resource) === canonicalize(resource.resource);
      issues.push({
        severity: same ? 'information' : 'warning',
        code: same ? 'repeated' : 'conflict',
        type: entry.type,
        expression: entry.path,
      });
    }
    taken.set(resource.id, resource);
  }
  return { resources: [...taken.values()], issues };
}
