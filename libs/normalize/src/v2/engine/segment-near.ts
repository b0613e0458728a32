import type { Segment } from '../message/message.js';
import { groupsAround, groupsWithin, type GroupOfSegments } from './group-segments.js';
import { Nearby } from './nearby.js';

/** A segment and the group that has it. */
interface Found {
  readonly segment: Segment;
  readonly group: GroupOfSegments;
}

const known = new WeakMap<GroupOfSegments, Nearby<Found>>();

/**
 * The first segment of a name in a group, else around it, else anywhere in the message, but for groups that are other
 * occurrences of one that it is in: what belongs to another order or patient does not count for this one. The groups must
 * be complete.
 */
export function segmentNear(from: GroupOfSegments, name: string): Segment | undefined {
  const around = groupsAround(from);
  for (const group of around) {
    const own = group.segments.find((segment) => segment.name === name);
    if (own !== undefined) return own;
  }
  return nearbyOf(around.at(-1) ?? from).near(name, from)[0]?.segment;
}

function nearbyOf(root: GroupOfSegments): Nearby<Found> {
  const made = known.get(root) ?? new Nearby(foundIn(root), ({ segment }) => segment.name);
  known.set(root, made);
  return made;
}

function foundIn(root: GroupOfSegments): readonly Found[] {
  return groupsWithin(root).flatMap((group) => group.segments.map((segment) => ({ segment, group })));
}
