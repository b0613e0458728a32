import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import { stepsOf, type Step } from './element-path.js';
import { GrowingList } from './growing-list.js';
import type { ElementPath } from './map.js';

type Members = Record<string, JsonValue | undefined>;

/** What is to be placed, and the steps that are left to go. */
interface Placing {
  readonly steps: readonly Step[];
  readonly at: number;
  readonly value: JsonValue;
}

/** Lists that are read in their order: the same line, or the same value, twice is two. */
const SERIES: ReadonlySet<string> = new Set(['note', 'component']);

/**
 * An element while it is made: the one place where elements change. What was given to it is copied before it is changed,
 * what it made itself is not, so that a long list costs no copy for each item.
 */
export class GrowingElement {
  private readonly members: Members;
  private readonly objects = new WeakMap<JsonObject, Members>();
  private readonly lists = new WeakMap<readonly JsonValue[], GrowingList>();

  constructor(start: JsonObject = {}) {
    this.members = { ...start };
  }

  /** The element as it is now; it may grow further. */
  get value(): JsonObject {
    return this.members;
  }

  /**
   * Places a value at the path. A single element that is there already stays: what came first counts; of two objects the
   * parts of both stay.
   */
  place(path: ElementPath, value: JsonValue): void {
    this.placeIn(this.members, { steps: stepsOf(path), at: 0, value });
  }

  /** Whether something stands at the path already, so that a single value placed there would be lost. */
  isTaken(path: ElementPath): boolean {
    let at: JsonValue | undefined = this.members;
    for (const step of stepsOf(path)) {
      if (step.list !== undefined || step.url !== undefined || !isObject(at)) return false;
      at = at[step.name];
    }
    return at !== undefined && !isObject(at);
  }

  /** Adds the members of another: what came first counts, lists hold the items of both, each once. */
  join(other: JsonObject): void {
    this.joinIn(this.members, other);
  }

  private placeIn(element: Members, placing: Placing): void {
    const { steps, at, value } = placing;
    const step = steps[at];
    if (step === undefined) {
      if (isObject(value)) this.joinIn(element, value);
    } else if (step.url !== undefined) this.placeInExtension(element, step, placing);
    else if (step.list !== undefined) this.placeInList(element, step, placing);
    else if (at < steps.length - 1)
      this.placeIn(this.objectAt(element, step.name), { ...placing, at: at + 1 });
    else this.joinMember(element, step.name, value);
  }

  private placeInList(element: Members, step: Step, placing: Placing): void {
    const list = this.listAt(element, step.name);
    const end = list.items.length - 1;
    if (step.list === 'last' && isObject(list.items[end])) {
      this.placeIn(this.itemAt(list, end), { ...placing, at: placing.at + 1 });
      return;
    }
    const item = this.made({}, placing);
    if (SERIES.has(step.name) || !isObject(item)) list.items.push(item);
    else list.addOnce(item);
  }

  /** What is placed behind a step that makes something new. */
  private made(start: JsonObject, { steps, at, value }: Placing): JsonValue {
    if (at === steps.length - 1 && Object.keys(start).length === 0) return value;
    const item: Members = { ...start };
    this.objects.set(item, item);
    this.placeIn(item, { steps, at: at + 1, value });
    return item;
  }

  private placeInExtension(element: Members, step: Step, placing: Placing): void {
    const list = this.listAt(element, step.name);
    const isThere = (item: JsonValue): boolean => isObject(item) && item['url'] === step.url;
    const index = step.list === 'append' ? -1 : list.items.findIndex(isThere);
    if (index < 0) list.items.push(this.made({ url: step.url }, placing));
    else this.placeIn(this.itemAt(list, index), { ...placing, at: placing.at + 1 });
  }

  private joinIn(element: Members, other: JsonObject): void {
    for (const [name, value] of Object.entries(other)) {
      if (value !== undefined) this.joinMember(element, name, value);
    }
  }

  private joinMember(element: Members, name: string, value: JsonValue): void {
    const before = element[name];
    if (before === undefined) element[name] = value;
    else if (isObject(before) && isObject(value)) this.joinIn(this.objectAt(element, name), value);
    else if (isList(before) && isList(value)) {
      this.listAt(element, name).join(value);
    }
  }

  /** The object at a name, made where there is none, as one that may be changed. */
  private objectAt(element: Members, name: string): Members {
    const own = this.own(element[name]);
    element[name] = own;
    return own;
  }

  private itemAt(list: GrowingList, index: number): Members {
    const own = this.own(list.items[index]);
    list.replace(index, own);
    return own;
  }

  private own(value: JsonValue | undefined): Members {
    const known = isObject(value) ? this.objects.get(value) : undefined;
    if (known !== undefined) return known;
    const copy: Members = isObject(value) ? { ...value } : {};
    this.objects.set(copy, copy);
    return copy;
  }

  private listAt(element: Members, name: string): GrowingList {
    const before = element[name];
    const known = isList(before) ? this.lists.get(before) : undefined;
    if (known !== undefined) return known;
    const list = new GrowingList(isList(before) ? before : []);
    this.lists.set(list.items, list);
    element[name] = list.items;
    return list;
  }
}
