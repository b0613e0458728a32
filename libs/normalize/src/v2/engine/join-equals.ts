import { GrowingElement } from './growing-element.js';
import type { Unjudged } from './unjudged.js';

/** Resources of one key, while they become one. */
interface Joined {
  readonly first: Unjudged;
  readonly element: GrowingElement;
  readonly cleared: Set<string>;
}

/**
 * Resources that one message makes more than once under one key, as one each: what came first counts, lists hold the
 * items of all, each once.
 */
export function joinEquals(list: readonly Unjudged[]): readonly Unjudged[] {
  const joined = new Map<string, Joined>();
  for (const one of list) {
    const place = `${one.type}/${one.id}`;
    const before = joined.get(place);
    if (before === undefined) joined.set(place, begun(one));
    else join(before, one);
  }
  return [...joined.values()].map(ended);
}

function begun(first: Unjudged): Joined {
  return { first, element: new GrowingElement(first.resource), cleared: new Set(first.cleared) };
}

function join({ element, cleared }: Joined, { resource, cleared: more }: Unjudged): void {
  element.join(resource);
  for (const name of more) cleared.add(name);
}

function ended({ first, element, cleared }: Joined): Unjudged {
  const resource = element.value;
  return { ...first, resource, cleared: [...cleared].filter((name) => resource[name] === undefined) };
}
