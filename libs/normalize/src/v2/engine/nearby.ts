import { groupsAround, isElsewhere, type GroupOfSegments } from './group-segments.js';
import type { GroupMap } from './map.js';

/** Something that stands in a group. */
interface Standing {
  readonly group: GroupOfSegments;
}

/** What stands in a group by name, then by the map of the group within it that leads there; `undefined`: in it itself. */
type Inside<One> = Map<string, Map<GroupMap | undefined, One[]>>;

/**
 * Finds what is near a group. Kept by all groups around it, so that a look costs what is found, not what there is: a
 * message may hold thousands of orders.
 */
export class Nearby<One extends Standing> {
  private readonly inside = new Map<GroupOfSegments, Inside<One>>();

  constructor(all: readonly One[], nameOf: (one: One) => string) {
    for (const one of all) this.add(one, nameOf(one));
  }

  private add(one: One, name: string): void {
    let via: GroupMap | undefined;
    for (const group of groupsAround(one.group)) {
      const names: Inside<One> = this.inside.get(group) ?? new Map();
      const ways = names.get(name) ?? new Map<GroupMap | undefined, One[]>();
      const list = ways.get(via) ?? [];
      list.push(one);
      this.inside.set(group, names.set(name, ways.set(via, list)));
      via = group.map;
    }
  }

  /**
   * Those of a name in the group, else in the nearest group around it that has any. What lies in another occurrence of a
   * group that `from` is in does not count: it belongs to another order or patient.
   */
  near(name: string, from: GroupOfSegments): readonly One[] {
    const path = groupsAround(from);
    for (const [at, group] of path.entries()) {
      const inner = path[at - 1]?.map;
      const ways = [...(this.inside.get(group)?.get(name) ?? [])].filter(
        ([via]) => via === undefined || via !== inner,
      );
      const found = ways.flatMap(([, list]) => list).filter((one) => !isElsewhere(one.group, path));
      if (found.length > 0) return found;
    }
    return [];
  }

  /** All of a name within a group. */
  within(name: string, group: GroupOfSegments): readonly One[] {
    return [...(this.inside.get(group)?.get(name)?.values() ?? [])].flat();
  }
}
