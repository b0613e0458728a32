import type { JsonObject } from '#digest';
import type { NormalisedResource } from '#normalize';
import { mergeResource } from '#store';

/**
 * Where the resources would be served. A name under `.localhost` leads nowhere; an absolute URL makes `Type/id` resolve inside
 * the Bundle, as a `urn:uuid` would not.
 * @see https://hl7.org/fhir/R4/bundle.html#references
 */
const BASE = 'https://proviso.localhost/fhir/R4';

/**
 * A Bundle of what messages became, each resource once, in the order of their first appearance, MessageHeaders first. A resource
 * that comes again meets the earlier one as it does in the store: it replaces it, or what it speaks of.
 */
export function collectionBundle(resources: readonly NormalisedResource[]): JsonObject {
  const held = new Map<string, JsonObject>();
  for (const one of resources) {
    const place = `${one.type}/${one.id}`;
    held.set(place, over(held.get(place), one));
  }
  const entries = [...held].map(([place, resource]) => ({ fullUrl: `${BASE}/${place}`, resource }));
  const [heads, rest] = [entries.filter(isHeader), entries.filter((entry) => !isHeader(entry))];
  return { resourceType: 'Bundle', type: 'collection', entry: [...heads, ...rest] };
}

function over(before: JsonObject | undefined, one: NormalisedResource): JsonObject {
  const { resource, mode, cleared, assumed } = one;
  return before === undefined || mode !== 'merge'
    ? resource
    : mergeResource(before, resource, cleared, assumed);
}

function isHeader({ resource }: { readonly resource: JsonObject }): boolean {
  return resource['resourceType'] === 'MessageHeader';
}
