import { holds } from './condition.js';
import type { Conversion } from './conversion.js';
import { draftResources, type Draft } from './drafts.js';
import { isTaken, placed, placedAll } from './element-path.js';
import { groupsWithin, type GroupOfSegments } from './group-segments.js';
import type { Addition, Link, SegmentMap } from './map.js';
import type { NamedResources } from './named-resources.js';
import { walkRows } from './walk-rows.js';

/** Makes the resources of a grouped message: each from its own segments, what groups add to it, links, and defaults. */
export function makeResources(conversion: Conversion, root: GroupOfSegments): NamedResources<Draft> {
  const drafts = draftResources(conversion, root);
  for (const draft of drafts.all) fill(draft, draft.map.from, draft.group, conversion);
  for (const group of groupsWithin(root)) {
    for (const addition of group.map.adds ?? []) add(addition, group, drafts, conversion);
  }
  for (const draft of drafts.all) {
    link(draft, draft.map.links ?? [], { group: draft.group, drafts });
    withDefaults(draft);
  }
  return drafts;
}

function add(
  { into, from, links }: Addition,
  group: GroupOfSegments,
  drafts: NamedResources<Draft>,
  conversion: Conversion,
): void {
  const draft = drafts.nearest(into, group);
  if (draft === undefined) return;
  // First the links: rows may go into the items that these begin.
  link(draft, links ?? [], { group, drafts });
  fill(draft, from, group, conversion);
}

function withDefaults(draft: Draft): void {
  for (const [to, value] of Object.entries(draft.map.defaults ?? {})) {
    const isAbsent = [to, to.replace(/^_/, '')].every((name) => draft.element[name] === undefined);
    if (isAbsent) draft.element = placed(draft.element, to, value);
  }
}

function fill(
  draft: Draft,
  maps: readonly SegmentMap[],
  group: GroupOfSegments,
  conversion: Conversion,
): void {
  for (const map of maps) {
    const own = group.segments.filter((segment) => segment.name === map.segment);
    for (const segment of own) {
      const spot = { conversion, group, segment, cell: undefined, type: draft.map.type };
      if (!holds(map.when, spot)) continue;
      const walked = walkRows(map.rows, spot, draft.element);
      draft.element = walked.element;
      draft.cleared = [...draft.cleared, ...walked.cleared];
    }
  }
}

function link(
  draft: Draft,
  links: readonly Link[],
  { group, drafts }: { readonly group: GroupOfSegments; readonly drafts: NamedResources<Draft> },
): void {
  for (const { to, of, all, when } of links) {
    if (!holds(when, { segment: draft.segment, group, cell: undefined })) continue;
    const nearest = all === true ? undefined : drafts.nearest(of, group);
    const targets = all === true ? drafts.within(of, group) : [nearest];
    const references = targets
      .filter((target) => target !== undefined)
      .filter((target) => target !== draft)
      .map((target) => ({ reference: `${target.map.type}/${target.id}` }));
    if (!isTaken(draft.element, to)) draft.element = placedAll(draft.element, to, references);
  }
}
