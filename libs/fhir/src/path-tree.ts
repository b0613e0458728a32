import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf } from './json-shape.js';

/** Paths into a resource, merged by common steps, so that one walk finds the values of all of them. */
export interface PathTree<Leaf> {
  readonly branches: readonly Branch<Leaf>[];
}

interface Branch<Leaf> extends PathTree<Leaf> {
  readonly name: string;
  readonly where: { readonly name: string; readonly value: string } | undefined;
  readonly leaves: readonly Leaf[];
}

interface Sprout<Leaf> {
  readonly leaves: Leaf[];
  readonly sprouts: Map<string, Sprout<Leaf>>;
}

const FILTERED = /^(?<name>\w+)\[(?<key>\w+)=(?<value>[^\]]*)\]$/;

/**
 * Merges paths such as `component.valueQuantity` or `telecom[system=email].value`.
 * @param paths each path with what `walkPathTree` shall hand over when it gets there.
 */
export function growPathTree<Leaf>(paths: Iterable<readonly [path: string, leaf: Leaf]>): PathTree<Leaf> {
  const root: Sprout<Leaf> = { leaves: [], sprouts: new Map() };
  for (const [path, leaf] of paths) {
    let at = root;
    for (const step of path.split('.')) at = sproutOf(at, step);
    at.leaves.push(leaf);
  }
  return { branches: branchesOf(root) };
}

function sproutOf<Leaf>(at: Sprout<Leaf>, step: string): Sprout<Leaf> {
  const found = at.sprouts.get(step);
  if (found !== undefined) return found;
  const made: Sprout<Leaf> = { leaves: [], sprouts: new Map() };
  at.sprouts.set(step, made);
  return made;
}

function branchesOf<Leaf>(sprout: Sprout<Leaf>): Branch<Leaf>[] {
  return [...sprout.sprouts].map(([step, child]) => {
    const filter = FILTERED.exec(step)?.groups;
    return {
      name: filter?.['name'] ?? step,
      where: filter === undefined ? undefined : { name: filter['key'] ?? '', value: filter['value'] ?? '' },
      leaves: child.leaves,
      branches: branchesOf(child),
    };
  });
}

/** Visits each value that a path reaches, in the order of the paths' first steps; lists are entered. */
export function walkPathTree<Leaf>(
  tree: PathTree<Leaf>,
  object: JsonObject,
  visit: (leaf: Leaf, value: JsonValue) => void,
): void {
  for (const branch of tree.branches) {
    if (!Object.hasOwn(object, branch.name)) continue;
    for (const value of listOf(object[branch.name])) enter(branch, value, visit);
  }
}

function enter<Leaf>(
  branch: Branch<Leaf>,
  value: JsonValue,
  visit: (leaf: Leaf, value: JsonValue) => void,
): void {
  const { where } = branch;
  if (where !== undefined && !(isObject(value) && value[where.name] === where.value)) return;
  if (value === null) return;
  for (const leaf of branch.leaves) visit(leaf, value);
  if (branch.branches.length > 0 && isObject(value)) walkPathTree(branch, value, visit);
}
