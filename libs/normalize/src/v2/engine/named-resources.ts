import type { Segment } from '../message/message.js';
import type { GroupOfSegments } from './group-segments.js';
import type { ResourceMap } from './map.js';
import { Nearby } from './nearby.js';

/** A resource that a group makes. */
export interface Planned {
  readonly map: ResourceMap;
  readonly group: GroupOfSegments;
  /** The segment that it is made for: the first of those that its map names. */
  readonly segment: Segment;
}

/** The resources that a message makes, by their names in its map. */
export class NamedResources<One extends Planned> {
  private readonly nearby: Nearby<One>;

  constructor(readonly all: readonly One[]) {
    this.nearby = new Nearby(all, (one) => one.map.name);
  }

  /**
   * The nearest of a name: in the group, then around it; of several the last before it, else the first. Those of another
   * occurrence of a group that it is in do not count.
   */
  nearest(name: string, from: GroupOfSegments): One | undefined {
    return this.nearby.lastUntil(positionOf(from), name, from);
  }

  /** All of a name within a group, in the order of the message. */
  within(name: string, group: GroupOfSegments): readonly One[] {
    return this.nearby.within(name, group);
  }
}

function positionOf(group: GroupOfSegments): number {
  return group.segments[0]?.position ?? 0;
}
