import type { Segment } from '../message/message.js';
import { groupsAround, isElsewhere, type GroupOfSegments } from './group-segments.js';
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

  /**
   * The nearest of a name: in the group, then around it; of several the last before it, else the first. Those of another
   * occurrence of a group that it is in do not count.
   */
  nearest(name: string, from: GroupOfSegments): One | undefined {
    const path = groupsAround(from);
    const named = (this.byName.get(name) ?? []).filter((one) => !isElsewhere(one.group, path));
    for (const within of path) {
      const near = named.filter((one) => groupsAround(one.group).includes(within));
      if (near.length > 0) return near.findLast((one) => one.segment.position <= positionOf(from)) ?? near[0];
    }
    return undefined;
  }

  /** All of a name within a group. */
  within(name: string, group: GroupOfSegments): readonly One[] {
    return (this.byName.get(name) ?? []).filter((one) => groupsAround(one.group).includes(group));
  }
}

function positionOf(group: GroupOfSegments): number {
  return group.segments[0]?.position ?? 0;
}
