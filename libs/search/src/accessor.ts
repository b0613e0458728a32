import { ACCESSORS } from './generated/accessors.js';
import type { IndexRows } from './index-rows.js';

/** A search parameter of a type, and what of a resource it looks at. */
export interface Accessor {
  readonly param: string;
  readonly kind: keyof IndexRows;
  /** `path:Type`, or `path:Type?Target` where a reference must point at such a resource. */
  readonly paths: readonly string[];
}

const KINDS = ['token', 'string', 'reference', 'date', 'number', 'quantity', 'uri'] as const;

/** The search parameters of a type that give index rows, those aside that no path can say (`Patient.deceased`). */
export function accessorsOf(type: string): readonly Accessor[] {
  const lines = Object.hasOwn(ACCESSORS, type) ? (ACCESSORS[type] ?? []) : [];
  return lines.map((line) => {
    const [param = '', kind = '', ...paths] = line.split(' ');
    return { param, kind: kindOf(kind), paths: paths.filter((path) => !path.endsWith(':deceased')) };
  });
}

function kindOf(text: string): Accessor['kind'] {
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined) throw new Error(`generated accessor of unknown kind: ${text}`);
  return kind;
}
