import type { Segment, V2Message } from '../message/message.js';
import type { GroupMap } from './map.js';

/** A group as it stands in a message: its own segments, and the groups within it, in the order of the message. */
export interface GroupOfSegments {
  readonly map: GroupMap;
  readonly parent: GroupOfSegments | undefined;
  readonly segments: Segment[];
  readonly groups: GroupOfSegments[];
}

/** Segments by their groups, and those that no group has. */
export interface Grouped {
  readonly root: GroupOfSegments;
  /** Belong to a group of the map by their name, yet stood where the map has no such group open. */
  readonly moved: readonly Segment[];
  readonly unknown: readonly Segment[];
}

/**
 * Sorts the segments of a message into the groups of its map. Real senders leave segments out and swap them: a segment
 * goes to the innermost open group that has it, else it opens a group of the nearest one around, else it goes to the
 * last group before it that has it.
 */
export function groupSegments(message: V2Message, map: GroupMap): Grouped {
  const root: GroupOfSegments = { map, parent: undefined, segments: [], groups: [] };
  const moved: Segment[] = [];
  const unknown: Segment[] = [];
  let open = root;
  for (const segment of message.segments) {
    const place = placeFor(segment.name, open);
    if (place !== undefined) {
      open = place;
      open.segments.push(segment);
      continue;
    }
    const earlier = groupsWithin(root).findLast((group) => belongs(segment.name, group));
    if (earlier === undefined) unknown.push(segment);
    else {
      earlier.segments.push(segment);
      moved.push(segment);
    }
  }
  return { root, moved, unknown };
}

function placeFor(name: string, open: GroupOfSegments): GroupOfSegments | undefined {
  for (let group: GroupOfSegments | undefined = open; group !== undefined; group = group.parent) {
    if (belongs(name, group)) return group;
    const opened = openedBy(name, group);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

function belongs(name: string, { map, segments }: GroupOfSegments): boolean {
  const at = map.opens.indexOf(name);
  if (at < 0) return map.has?.includes(name) === true;
  const later = map.opens.slice(at);
  return segments.every((segment) => !later.includes(segment.name));
}

/** Opens the group that begins with the segment, and those around it that were left out. */
function openedBy(name: string, parent: GroupOfSegments): GroupOfSegments | undefined {
  for (const map of parent.map.groups ?? []) {
    const group: GroupOfSegments = { map, parent, segments: [], groups: [] };
    const inner = map.opens.includes(name) ? group : openedBy(name, group);
    if (inner !== undefined) {
      parent.groups.push(group);
      return inner;
    }
  }
  return undefined;
}

/** A group and all within it, outer ones first, in the order of the message. */
export function groupsWithin(group: GroupOfSegments): readonly GroupOfSegments[] {
  return [group, ...group.groups.flatMap(groupsWithin)];
}

/** A group and those around it, the innermost first. */
export function groupsAround(from: GroupOfSegments): readonly GroupOfSegments[] {
  const around: GroupOfSegments[] = [];
  for (let group: GroupOfSegments | undefined = from; group !== undefined; group = group.parent)
    around.push(group);
  return around;
}

/** Whether a group is, or lies in, another occurrence of one of these. */
export function isElsewhere(group: GroupOfSegments, around: readonly GroupOfSegments[]): boolean {
  return groupsAround(group).some((one) => around.some((own) => own.map === one.map && own !== one));
}
