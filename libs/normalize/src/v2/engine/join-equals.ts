import { isSaidAnew } from './deletions.js';
import { GrowingElement } from './growing-element.js';
import { without, type Unjudged } from './unjudged.js';

/** Resources of one key, while they become one. */
interface Joined {
  readonly first: Unjudged;
  /** What they say. */
  readonly said: GrowingElement;
  /** What they assume. */
  readonly assumed: GrowingElement;
  readonly cleared: Set<string>;
}

/**
 * Resources that one message makes more than once under one key, as one each: what came first counts, but what is said before
 * what is assumed; lists hold the items of all, each once.
 */
export function joinEquals(list: readonly Unjudged[]): readonly Unjudged[] {
  const joined = new Map<string, Joined>();
  for (const one of list) {
    const place = `${one.type}/${one.id}`;
    const before = joined.get(place) ?? begun(one);
    joined.set(place, before);
    join(before, one);
  }
  return [...joined.values()].map(ended);
}

function begun(first: Unjudged): Joined {
  return { first, said: new GrowingElement(), assumed: new GrowingElement(), cleared: new Set() };
}

function join({ said, assumed, cleared }: Joined, one: Unjudged): void {
  const own = without(one.resource, one.assumed);
  said.join(own);
  assumed.join(without(one.resource, Object.keys(own)));
  for (const key of one.cleared) cleared.add(key);
}

function ended({ first, said, assumed, cleared }: Joined): Unjudged {
  const rest = without(assumed.value, Object.keys(said.value));
  return {
    ...first,
    resource: { ...said.value, ...rest },
    cleared: [...cleared].filter((key) => !isSaidAnew(said.value, key)),
    assumed: [...new Set(Object.keys(rest).map((name) => name.replace(/^_/, '')))],
  };
}
