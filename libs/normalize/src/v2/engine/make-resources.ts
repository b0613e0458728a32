import { holds } from './condition.js';
import type { Conversion } from './conversion.js';
import { draftResources, type Draft } from './drafts.js';
import { topOf } from './element-path.js';
import { groupsWithin, type GroupOfSegments } from './group-segments.js';
import type { Addition, Link, SegmentMap } from './map.js';
import { Matching } from './matching.js';
import type { NamedResources } from './named-resources.js';
import { walkRows } from './walk-rows.js';

/** Makes the resources of a grouped message: each from its own segments, what groups add to it, links, and defaults. */
export function makeResources(conversion: Conversion, root: GroupOfSegments): NamedResources<Draft> {
  const drafts = draftResources(conversion, root);
  const matching = new Matching(drafts.all, conversion);
  for (const draft of drafts.all) fill(draft, draft.map.from, draft.group, conversion);
  for (const group of groupsWithin(root)) {
    for (const addition of group.map.adds ?? []) add(addition, { group, drafts, matching }, conversion);
  }
  for (const draft of drafts.all) {
    link(draft, draft.map.links ?? [], { group: draft.group, drafts, matching });
    withDefaults(draft);
  }
  return drafts;
}

function add({ into, from, links }: Addition, linking: Linking, conversion: Conversion): void {
  const draft = linking.drafts.nearest(into, linking.group);
  if (draft === undefined) return;
  // First the links: rows may go into the items that these begin.
  link(draft, links ?? [], linking);
  fill(draft, from, linking.group, conversion);
}

function withDefaults(draft: Draft): void {
  for (const [to, value] of Object.entries(draft.map.defaults ?? {})) {
    const isAbsent = [to, to.replace(/^_/, '')].every((name) => draft.element.value[name] === undefined);
    if (!isAbsent) continue;
    const top = topOf(to);
    if (top !== undefined && draft.element.value[top] === undefined) draft.assumed.add(top);
    draft.element.place(to, value);
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
      const { deletions, assumed } = walkRows(map.rows, spot, draft.element);
      draft.deletions.push(...deletions);
      for (const name of assumed) draft.assumed.add(name);
    }
  }
}

/** What links are followed with. */
interface Linking {
  readonly group: GroupOfSegments;
  readonly drafts: NamedResources<Draft>;
  readonly matching: Matching;
}

function link(draft: Draft, links: readonly Link[], linking: Linking): void {
  const here = { segment: draft.segment, group: linking.group, cell: undefined };
  for (const one of links) {
    if (!holds(one.when, here)) continue;
    if (draft.element.isTaken(one.to)) continue;
    for (const target of targetsOf(one, draft, linking)) {
      if (target !== draft) draft.element.place(one.to, { reference: `${target.map.type}/${target.id}` });
    }
  }
}

function targetsOf(one: Link, draft: Draft, { group, drafts, matching }: Linking): readonly Draft[] {
  if (one.all === true) return drafts.within(one.of, group);
  const here = { segment: draft.segment, group, cell: undefined };
  const isMatched = one.matching !== undefined;
  const target = isMatched ? matching.find(one, here, draft.map.type) : drafts.nearest(one.of, group);
  return target === undefined ? [] : [target];
}
