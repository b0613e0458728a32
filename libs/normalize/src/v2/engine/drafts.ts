import { resourceIdOf } from '../../resource-id.js';
import { businessKey } from './business-key.js';
import { holds } from './condition.js';
import type { Conversion } from './conversion.js';
import type { Deletion } from './deletions.js';
import { GrowingElement } from './growing-element.js';
import { groupsWithin, type GroupOfSegments } from './group-segments.js';
import type { ResourceMap } from './map.js';
import { NamedResources, type Planned } from './named-resources.js';

/** A resource while it is made. */
export interface Draft extends Planned {
  readonly key: string;
  readonly id: string;
  readonly element: GrowingElement;
  readonly deletions: Deletion[];
  /** Top-level elements that the message does not say. */
  readonly assumed: Set<string>;
}

/** Decides which resources the groups make, and under which keys and ids; their content is still empty. */
export function draftResources(conversion: Conversion, root: GroupOfSegments): NamedResources<Draft> {
  const planned = groupsWithin(root).flatMap((group) =>
    (group.map.makes ?? []).flatMap((map) => plan(map, group)),
  );
  const keys = new Keys(conversion, new NamedResources(planned));
  const taken = new Map<string, number>();
  const drafts = planned.flatMap((one): Draft[] => {
    const { map } = one;
    const key = keys.of(one);
    if (key === undefined) return [];
    const numbered = map.equals === 'join' ? key : withOrdinal(key, map.type, taken);
    const id = resourceIdOf(conversion.sender.id, map.type, numbered);
    const element = new GrowingElement({ resourceType: map.type, id });
    return [{ ...one, key: numbered, id, element, deletions: [], assumed: new Set() }];
  });
  return new NamedResources(drafts);
}

function plan(map: ResourceMap, group: GroupOfSegments): readonly Planned[] {
  const names = map.from.map((from) => from.segment);
  const segment = group.segments.find((one) => names.includes(one.name));
  if (segment === undefined) return [];
  return holds(map.when, { segment, group, cell: undefined }) ? [{ map, group, segment }] : [];
}

/** Keys of planned resources; one may be part of another. */
class Keys {
  private readonly known = new Map<Planned, string | undefined>();

  constructor(
    private readonly conversion: Conversion,
    private readonly planned: NamedResources<Planned>,
  ) {}

  of(one: Planned): string | undefined {
    if (!this.known.has(one)) {
      // A key that would be part of itself is none.
      this.known.set(one, undefined);
      this.known.set(one, this.made(one));
    }
    return this.known.get(one);
  }

  private made({ map, segment, group }: Planned): string | undefined {
    const keyOf = (name: string): string | undefined => {
      const other = this.planned.nearest(name, group);
      return other === undefined ? undefined : this.of(other);
    };
    const here = { segment, group, cell: undefined };
    const { sender, digest } = this.conversion;
    return businessKey(map.keys, { sender, here, keyOf, digest });
  }
}

function withOrdinal(key: string, type: string, taken: Map<string, number>): string {
  const count = (taken.get(`${type}|${key}`) ?? 0) + 1;
  taken.set(`${type}|${key}`, count);
  return count === 1 ? key : `${key}#${count}`;
}
