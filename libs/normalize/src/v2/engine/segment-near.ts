import type { Segment } from '../message/message.js';
import { groupsWithin, type GroupOfSegments } from './group-segments.js';
import { Nearby } from './nearby.js';

/** A segment and the group that has it. */
interface Found {
  readonly segment: Segment;
  readonly group: GroupOfSegments;
}

const nearbies = new WeakMap<GroupOfSegments, Nearby<Found>>();
const firsts = new WeakMap<GroupOfSegments, ReadonlyMap<string, Segment>>();

/**
 * The first segment of a name in a group, else around it, else anywhere in the message, but for groups that are other
 * occurrences of one that it is in: what belongs to another order or patient does not count for this one. The groups must
 * be complete.
 */
export function segmentNear(from: GroupOfSegments, name: string): Segment | undefined {
  let root = from;
  for (let group: GroupOfSegments | undefined = from; group !== undefined; group = group.parent) {
    const own = firstsOf(group).get(name);
    if (own !== undefined) return own;
    root = group;
  }
  return nearbyOf(root).first(name, from)?.segment;
}

/** The first segment of each name in a group. */
function firstsOf(group: GroupOfSegments): ReadonlyMap<string, Segment> {
  const known = firsts.get(group);
  if (known !== undefined) return known;
  const made = new Map(group.segments.toReversed().map((segment) => [segment.name, segment]));
  firsts.set(group, made);
  return made;
}

function nearbyOf(root: GroupOfSegments): Nearby<Found> {
  const made = nearbies.get(root) ?? new Nearby(foundIn(root), ({ segment }) => segment.name);
  nearbies.set(root, made);
  return made;
}

function foundIn(root: GroupOfSegments): readonly Found[] {
  return groupsWithin(root).flatMap((group) => group.segments.map((segment) => ({ segment, group })));
}
