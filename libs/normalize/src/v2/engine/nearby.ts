import type { Segment } from '../message/message.js';
import { groupsAround, type GroupOfSegments } from './group-segments.js';
import type { GroupMap } from './map.js';

/** Something that stands in a group, with a segment. */
interface Standing {
  readonly group: GroupOfSegments;
  readonly segment: Segment;
}

/** What stands in a group by name, then by the map of the group within it that leads there; `undefined`: in it itself. */
type Inside<One> = Map<string, Map<GroupMap | undefined, One[]>>;

/**
 * Finds what is near a group: what is in it, else in the nearest group around it that has any. What lies in another
 * occurrence of a group that it is in does not count: it belongs to another order or patient. Each group knows all within it,
 * so that a look takes no longer in a message of thousands of orders.
 */
export class Nearby<One extends Standing> {
  private readonly inside = new Map<GroupOfSegments, Inside<One>>();
  private readonly ordered = new Map<readonly One[], readonly One[]>();

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

  /** The first of a name. */
  first(name: string, from: GroupOfSegments): One | undefined {
    return this.near(name, from)[0]?.[0];
  }

  /** The last of a name that stands at a position of the message or before it, else the first. */
  lastUntil(position: number, name: string, from: GroupOfSegments): One | undefined {
    const near = this.near(name, from);
    const before = near
      .map((list) => lastOf(this.inOrder(list), position))
      .filter((one) => one !== undefined);
    return before.toSorted(byPosition).at(-1) ?? near[0]?.[0];
  }

  /** All of a name within a group, in the order of the message. */
  within(name: string, group: GroupOfSegments): readonly One[] {
    return [...(this.inside.get(group)?.get(name)?.values() ?? [])].flat().toSorted(byPosition);
  }

  /** Lists of a name. What the group that was left last leads to again is another occurrence of it. */
  private near(name: string, from: GroupOfSegments): readonly (readonly One[])[] {
    let left: GroupMap | undefined;
    for (const group of groupsAround(from)) {
      const ways = [...(this.inside.get(group)?.get(name) ?? [])];
      const found = ways.filter(([via]) => via === undefined || via !== left).map(([, list]) => list);
      if (found.length > 0) return found;
      left = group.map;
    }
    return [];
  }

  private inOrder(list: readonly One[]): readonly One[] {
    const known = this.ordered.get(list) ?? list.toSorted(byPosition);
    this.ordered.set(list, known);
    return known;
  }
}

function byPosition(one: Standing, other: Standing): number {
  return one.segment.position - other.segment.position;
}

/** The last of an ordered list that stands at a position or before it. */
function lastOf<One extends Standing>(ordered: readonly One[], position: number): One | undefined {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ordered[middle]?.segment.position ?? 0) <= position) from = middle + 1;
    else to = middle;
  }
  return ordered[from - 1];
}
