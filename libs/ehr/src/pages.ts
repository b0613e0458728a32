import { invalid } from './http/vendor-failure.js';
import type { VendorClient } from './http/vendor-client.js';
import { searchPageOf, type SearchPage } from './search-page.js';
import type { VendorProfile } from './vendor-profile.js';

/** One search at a vendor. */
export interface VendorSearch {
  readonly type: string;
  readonly params: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The pages of a search, one after the other, by their opaque `next` links.
 *
 * @throws GatewayError `source-invalid` for a link to another origin, a link that was followed before, or more pages
 * than the profile allows; and what `VendorClient.get` throws.
 */
export async function* pagesOf(
  client: VendorClient,
  profile: VendorProfile,
  search: VendorSearch,
): AsyncGenerator<SearchPage> {
  const { id, baseUrl, limits, pageSize } = profile;
  const first = new URL(`${baseUrl}/${search.type}`);
  first.search = new URLSearchParams({ ...search.params, _count: String(pageSize) }).toString();
  const visited = new Set<string>();
  for (let next: string | undefined = first.href; next !== undefined;) {
    if (visited.has(next)) {
      throw invalid(id, 'pages go round in a circle');
    }
    if (visited.size >= limits.pages) {
      throw invalid(id, 'too many pages');
    }
    visited.add(next);
    const page: SearchPage = searchPageOf(id, search.type, next, await client.get(next, search.signal));
    yield page;
    next = page.next;
  }
}
