import type { ElementPath } from './map.js';

/** One step of a path into an element. */
export interface Step {
  readonly name: string;
  readonly list: 'append' | 'last' | undefined;
  /** With extensions: the URL. */
  readonly url: string | undefined;
}

const STEP = /([A-Za-z_][\w]*)(\[(last)?\])?(?:\(([^)]+)\))?(?:\.|$)/y;
const parsed = new Map<ElementPath, readonly Step[]>();

/** The steps of a path; throws where it is malformed, which a test of the tables finds. */
export function stepsOf(path: ElementPath): readonly Step[] {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const [, name, list, last, url] = STEP.exec(path) ?? [];
    if (name === undefined) throw new TypeError(`not an element path: ${path}`);
    steps.push({ name, list: list === undefined ? undefined : last === undefined ? 'append' : 'last', url });
  }
  parsed.set(path, steps);
  return steps;
}

/** The name of the top-level element that a path leads into. */
export function topOf(path: ElementPath): string | undefined {
  return stepsOf(path)[0]?.name.replace(/^_/, '');
}

/** Whether several values can go to the path: it appends somewhere. */
export function appends(path: ElementPath): boolean {
  return stepsOf(path).some((step) => step.list === 'append');
}
