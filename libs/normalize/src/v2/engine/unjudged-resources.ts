import type { Conversion } from './conversion.js';
import { isSaidAnew } from './deletions.js';
import type { Draft } from './drafts.js';
import { without, type Unjudged } from './unjudged.js';

/** Directory resources that cells name meet what is stored of them. */
const MERGED_RELATED: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
]);

/** What a conversion made, for judging: the resources of the map, then those that cells name. */
export function unjudgedResources(drafts: readonly Draft[], conversion: Conversion): readonly Unjudged[] {
  return [...drafts.map((draft) => ofDraft(draft, conversion)), ...relatedOf(conversion)];
}

function ofDraft(draft: Draft, conversion: Conversion): Unjudged {
  const { map, id, key, element, assumed } = draft;
  const cleared = map.mode === 'merge' ? clearedBy(draft, conversion) : [];
  return { type: map.type, id, key, resource: element.value, mode: map.mode, cleared, assumed: [...assumed] };
}

/** What a merge is to delete. Of a list that other fields fill too nobody knows which entries: they stay, with an issue. */
function clearedBy({ map, element, assumed, deletions }: Draft, conversion: Conversion): readonly string[] {
  const said = without(element.value, assumed);
  const left = deletions.filter(({ key }) => !isSaidAnew(said, key));
  for (const { isSole, path } of left) if (!isSole) conversion.remark('not-cleared', path, map.type);
  return [...new Set(left.flatMap(({ key, isSole }) => (isSole ? [key] : [])))];
}

function relatedOf({ related }: Conversion): readonly Unjudged[] {
  return [...related.values()].map(({ type, id, key, element }) => ({
    type,
    id,
    key,
    resource: { resourceType: type, id, ...element.value },
    mode: MERGED_RELATED.has(type) ? 'merge' : undefined,
    cleared: [],
    assumed: [],
  }));
}
