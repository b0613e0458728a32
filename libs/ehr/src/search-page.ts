import { parseStrict, type JsonObject, type JsonValue } from '#digest';
import { isObject, listOf } from '#fhir';
import { invalid } from './http/vendor-failure.js';

/** A page of a vendor's search, split by what its entries are for. */
export interface SearchPage {
  readonly bytes: Uint8Array;
  readonly resources: readonly JsonObject[];
  /** Codes of issues in OperationOutcome entries, and `unexpected-type` for resources that were not asked for. */
  readonly remarks: readonly string[];
  /** The next page, absolute. */
  readonly next: string | undefined;
}

/**
 * Reads a searchset Bundle.
 *
 * @param url Where it came from, for a relative `next`.
 * @throws GatewayError `source-invalid` where it is no searchset.
 * @see https://hl7.org/fhir/R4/bundle.html#searchset
 */
export function searchPageOf(source: string, type: string, url: string, bytes: Uint8Array): SearchPage {
  const bundle = parsed(source, bytes);
  if (bundle.resourceType !== 'Bundle' || bundle.type !== 'searchset') {
    throw invalid(source, 'answer is no searchset');
  }
  const entries = objectsIn(bundle.entry);
  const outcomes = entries.filter((entry) => isOutcome(entry));
  const resources = entries.flatMap((entry) => (isOutcome(entry) ? [] : [objectOf(entry.resource)]));
  const strange = resources.filter((resource) => resource.resourceType !== type);
  return {
    bytes,
    resources,
    remarks: [
      ...outcomes.flatMap((entry) => codesOf(objectOf(entry.resource))),
      ...strange.map(() => 'unexpected-type'),
    ],
    next: nextOf(source, bundle, url),
  };
}

function parsed(source: string, bytes: Uint8Array): JsonObject {
  try {
    return objectOf(parseStrict(bytes));
  } catch {
    throw invalid(source, 'answer is not strict JSON');
  }
}

function isOutcome(entry: JsonObject): boolean {
  return (
    objectOf(entry.search).mode === 'outcome' || objectOf(entry.resource).resourceType === 'OperationOutcome'
  );
}

/** The codes of an outcome's issues: the vendor's own where given, else FHIR's. */
function codesOf(outcome: JsonObject): readonly string[] {
  const codes = objectsIn(outcome.issue).flatMap((issue) => {
    const own = objectsIn(objectOf(issue.details).coding).map((coding) => coding.code);
    return own.length > 0 ? own : [issue.code];
  });
  const known = codes.filter(
    (code): code is string => typeof code === 'string' && /^[\w.-]{1,40}$/.test(code),
  );
  return known.length > 0 ? known : ['outcome'];
}

function nextOf(source: string, bundle: JsonObject, url: string): string | undefined {
  const link = objectsIn(bundle.link).find((one) => one.relation === 'next');
  if (link === undefined) {
    return undefined;
  }
  const next = typeof link.url === 'string' ? URL.parse(link.url, url) : null;
  if (next === null || next.username !== '' || next.password !== '') {
    throw invalid(source, 'next link');
  }
  next.hash = '';
  return next.href;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return listOf(value).filter((item) => isObject(item));
}
