import type { Kept } from './chart-store.js';
import { BASE } from './people/chart.js';
import { writeJson } from './write-json.js';

/** A resource as it is sent the `turn`th time, by the server at `base`. */
export function render({ resource }: Kept, turn: number, base: string): string {
  return writeJson(resource, turn).replaceAll(BASE, base);
}
