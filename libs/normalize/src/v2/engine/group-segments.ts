import type { Segment, V2Message } from '../message/message.js';
import type { GroupMap } from './map.js';

/** A group as it stands in a message: its own segments, and the groups within it, in the order of the message. */
export interface GroupOfSegments {
  readonly map: GroupMap;
  readonly parent: GroupOfSegments | undefined;
  readonly segments: Segment[];
  readonly groups: GroupOfSegments[];
}

/** Segments by their groups; those that no group has are in none. */
export interface Grouped {
  readonly root: GroupOfSegments;
  /** Belong to a group of the map by their name, yet stood where the map has no such group open. */
  readonly moved: readonly Segment[];
}

/**
 * Sorts the segments of a message into the groups of its map. Real senders leave segments out and swap them: a segment
 * goes to the innermost open group that has it, else it opens a group of the nearest one around, else it goes to the
 * last group before it that has it.
 */
export function groupSegments(message: V2Message, map: GroupMap): Grouped {
  const root: GroupOfSegments = { map, parent: undefined, segments: [], groups: [] };
  const known = namesIn(map);
  const last = new LastGroups();
  last.note(root);
  const moved: Segment[] = [];
  let open = root;
  for (const segment of message.segments) {
    if (!known.has(segment.name)) continue;
    const place = placeFor(segment.name, open);
    if (place !== undefined) {
      last.note(place);
      open = place;
      open.segments.push(segment);
      continue;
    }
    const earlier = last.withName(segment.name);
    if (earlier === undefined) continue;
    earlier.segments.push(segment);
    moved.push(segment);
  }
  return { root, moved };
}

/** The names of all segments that a group or one within it has. */
function namesIn({ opens, has = [], groups = [] }: GroupMap): ReadonlySet<string> {
  return new Set([...opens, ...has, ...groups.flatMap((group) => [...namesIn(group)])]);
}

/** Of the groups so far, the last that has segments of a name beside those that open it. Kept, so that none is searched. */
class LastGroups {
  private readonly byName = new Map<string, GroupOfSegments>();
  private readonly noted = new Set<GroupOfSegments>();

  /** A group that may have been opened just now, perhaps together with some around it. */
  note(group: GroupOfSegments): void {
    if (this.noted.has(group)) return;
    if (group.parent !== undefined) this.note(group.parent);
    this.noted.add(group);
    for (const name of group.map.has ?? []) this.byName.set(name, group);
  }

  withName(name: string): GroupOfSegments | undefined {
    return this.byName.get(name);
  }
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
