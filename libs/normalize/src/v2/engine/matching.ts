import { firstCellAt, type Here } from './address.js';
import type { Conversion } from './conversion.js';
import type { Draft } from './drafts.js';
import type { Link } from './map.js';

type Pairs = NonNullable<Link['matching']>;

/** Finds resources by what another one says of them, over all of a message. Texts are read once for each kind of link. */
export class Matching {
  private readonly known = new Map<Pairs, ReadonlyMap<string, Draft>>();

  constructor(
    private readonly drafts: readonly Draft[],
    private readonly conversion: Conversion,
  ) {}

  /** The first whose texts are those that `here` names; where it names some that nothing has, they have an issue. */
  find({ of, matching = [] }: Link, here: Here, type: string): Draft | undefined {
    const named = matching.map(([, own]) => firstCellAt(own, here));
    if (named[0] === undefined) return undefined;
    const found = this.index(of, matching).get(keyOf(named.map((cell) => cell?.text())));
    if (found === undefined) {
      for (const cell of named) if (cell !== undefined) this.conversion.remark('unmapped', cell.path, type);
    }
    return found;
  }

  private index(of: string, pairs: Pairs): ReadonlyMap<string, Draft> {
    const index = this.known.get(pairs) ?? this.made(of, pairs);
    this.known.set(pairs, index);
    return index;
  }

  private made(of: string, pairs: Pairs): ReadonlyMap<string, Draft> {
    const index = new Map<string, Draft>();
    for (const draft of this.drafts.filter(({ map }) => map.name === of)) {
      const here = { segment: draft.segment, group: draft.group, cell: undefined };
      const key = keyOf(pairs.map(([theirs]) => firstCellAt(theirs, here)?.text()));
      if (!index.has(key)) index.set(key, draft);
    }
    return index;
  }
}

function keyOf(texts: readonly (string | undefined)[]): string {
  return JSON.stringify(texts.map((text) => text ?? ''));
}
