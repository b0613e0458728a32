import { CODE_TABLES } from '../codes/code-tables.js';
import { DATATYPES } from '../datatypes/datatypes.js';
import { parseAddress } from '../engine/address.js';
import { stepsOf } from '../engine/element-path.js';
import type {
  Condition,
  GroupMap,
  KeyPart,
  Link,
  MessageMap,
  ResourceMap,
  Row,
  SegmentMap,
} from '../engine/map.js';
import { MESSAGE_MAPS, messageMap } from './message-maps.js';

function groupsOf(group: GroupMap): readonly GroupMap[] {
  return [group, ...(group.groups ?? []).flatMap(groupsOf)];
}

function resourcesOf({ root }: MessageMap): readonly ResourceMap[] {
  return groupsOf(root).flatMap((group) => group.makes ?? []);
}

function segmentMapsOf({ root }: MessageMap): readonly SegmentMap[] {
  return groupsOf(root).flatMap(({ makes, adds }) =>
    [...(makes ?? []), ...(adds ?? [])].flatMap(({ from }) => from),
  );
}

function linksOf({ root }: MessageMap): readonly Link[] {
  return groupsOf(root).flatMap(({ makes, adds }) =>
    [...(makes ?? []), ...(adds ?? [])].flatMap(({ links }) => links ?? []),
  );
}

function rowsOf(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => [row, ...rowsOf(row.rows ?? [])]);
}

function addressesOf(condition: Condition | undefined): readonly string[] {
  if (condition === undefined) return [];
  if ('valued' in condition) return [condition.valued];
  if ('not' in condition) return addressesOf(condition.not);
  if ('all' in condition) return condition.all.flatMap(addressesOf);
  if ('any' in condition) return condition.any.flatMap(addressesOf);
  if ('equals' in condition) return [condition.equals[0]];
  return 'longer' in condition ? [condition.longer[0]] : [condition.repeats[0]];
}

function keyParts(map: MessageMap): readonly KeyPart[] {
  return resourcesOf(map).flatMap(({ keys }) => keys.flat());
}

describe.each(MESSAGE_MAPS.map((map) => [map.structure, map] as const))('the map of %s', (_, map) => {
  const rows = rowsOf(segmentMapsOf(map).flatMap((segment) => segment.rows));
  const names = new Set(resourcesOf(map).map(({ name }) => name));

  it('names only data type maps that exist', () => {
    const missing = rows
      .map(({ as }) => as)
      .filter((as) => as !== undefined && !Object.hasOwn(DATATYPES, as));
    expect(missing).toEqual([]);
  });

  it('names only code tables that exist', () => {
    const missing = rows
      .map(({ codes }) => codes)
      .filter((one) => one !== undefined && !Object.hasOwn(CODE_TABLES, one));
    expect(missing).toEqual([]);
  });

  it('has addresses and element paths that can be read', () => {
    const conditions = [...rows, ...segmentMapsOf(map), ...resourcesOf(map), ...linksOf(map)].map(
      ({ when }) => when,
    );
    const keys = keyParts(map).flatMap((part) => ('first' in part ? part.first : []));
    const matched = linksOf(map).flatMap(({ matching }) => (matching ?? []).flat());
    const addresses = [
      ...rows.map(({ from }) => from),
      ...conditions.flatMap(addressesOf),
      ...keys,
      ...matched,
    ];
    const paths = [...rows.map(({ to }) => to), ...linksOf(map).map(({ to }) => to)];
    expect(() => addresses.map(parseAddress)).not.toThrow();
    expect(() => paths.map(stepsOf)).not.toThrow();
  });

  it('refers only to resources that it makes', () => {
    const additions = groupsOf(map.root).flatMap(({ adds }) => (adds ?? []).map(({ into }) => into));
    const keys = keyParts(map).flatMap((part) => ('of' in part ? [part.of] : []));
    const merges = (map.merges ?? []).flatMap(({ from, into }) => [from, into]);
    const referred = [...linksOf(map).map(({ of }) => of), ...additions, ...keys, ...merges];
    expect(referred.filter((name) => !names.has(name))).toEqual([]);
  });

  it('has each group in one place, so that what another occurrence of it leads to can be told', () => {
    expect(new Set(groupsOf(map.root)).size).toBe(groupsOf(map.root).length);
  });

  it('reads each segment in a group that has it', () => {
    const lost = groupsOf(map.root).flatMap(({ opens, has, makes, adds }) => {
      const own = new Set([...opens, ...(has ?? [])]);
      return [...(makes ?? []), ...(adds ?? [])]
        .flatMap(({ from }) => from.map(({ segment }) => segment))
        .filter((segment) => !own.has(segment));
    });
    expect(lost).toEqual([]);
  });
});

describe('the data type maps', () => {
  it('are each named by a row', () => {
    const named = new Set(
      MESSAGE_MAPS.flatMap(segmentMapsOf).flatMap(({ rows }) => rowsOf(rows).map(({ as }) => as)),
    );
    expect(Object.keys(DATATYPES).filter((name) => !named.has(name))).toEqual([]);
  });
});

describe('messageMap', () => {
  it('knows each message once', () => {
    const messages = MESSAGE_MAPS.flatMap((map) => map.messages);
    expect(new Set(messages).size).toBe(messages.length);
  });

  it('knows nothing of other messages', () => {
    expect(messageMap('XYZ^Z99')).toBeUndefined();
    expect(messageMap('toString')).toBeUndefined();
  });
});
