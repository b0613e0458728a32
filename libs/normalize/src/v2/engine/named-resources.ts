import type { Segment } from '../message/message.js';
import type { GroupOfSegments } from './group-segments.js';
import type { ResourceMap } from './map.js';

/** A resource that a group makes. */
export interface Planned {
  readonly map: ResourceMap;
  readonly group: GroupOfSegments;
  /** The segment that it is made for: the first of those that its map names. */
  readonly segment: Segment;
}

/** The resources that a message makes, by their names in its map. */
export class NamedResources<One extends Planned> {
  private readonly byName: ReadonlyMap<string, readonly One[]>;

  constructor(readonly all: readonly One[]) {
    this.byName = Map.groupBy(all, (one) => one.map.name);
  }

  /** The nearest of a name: in the group, then around it; of several the last before it, else the first. */
  nearest(name: string, from: GroupOfSegments): One | undefined {
    const named = this.byName.get(name) ?? [];
    if (named.length === 0) return undefined;
    for (let around: GroupOfSegments | undefined = from; around !== undefined; around = around.parent) {
      const within = around;
      const near = named.filter((one) => isWithin(one.group, within));
      if (near.length > 0) return near.findLast((one) => one.segment.position <= positionOf(from)) ?? near[0];
    }
    return undefined;
  }

  /** All of a name within a group. */
  within(name: string, group: GroupOfSegments): readonly One[] {
    return (this.byName.get(name) ?? []).filter((one) => isWithin(one.group, group));
  }
}

function isWithin(inner: GroupOfSegments, outer: GroupOfSegments): boolean {
  for (let group: GroupOfSegments | undefined = inner; group !== undefined; group = group.parent) {
    if (group === outer) return true;
  }
  return false;
}

function positionOf(group: GroupOfSegments): number {
  return group.segments[0]?.position ?? 0;
}
