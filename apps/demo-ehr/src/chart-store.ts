import type { JsonObject, JsonValue } from '#digest';

/** A resource with what the vendor adds to it. */
export interface Kept {
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly resource: JsonObject;
}

/** Northside's records in memory: insertion order, a counting version id, the time of the last change. */
export class ChartStore {
  readonly #rows = new Map<string, Kept>();
  readonly #now: () => Date;
  #version = 0;

  constructor(resources: readonly JsonObject[], now: () => Date) {
    this.#now = now;
    for (const resource of resources) {
      this.put(resource);
    }
  }

  /** Creates or replaces a resource, which must carry `resourceType` and `id`. */
  put(resource: JsonObject): void {
    const { resourceType: type, id } = resource;
    if (typeof type !== 'string' || typeof id !== 'string') {
      throw new TypeError('a resource needs resourceType and id');
    }
    this.#version += 1;
    const meta = {
      ...objectOf(resource.meta),
      versionId: String(this.#version),
      lastUpdated: this.#now().toISOString(),
    };
    this.#rows.set(`${type}/${id}`, {
      type,
      id,
      version: this.#version,
      resource: { ...resource, meta },
    });
  }

  /** Deletes; whether it was there. */
  remove(type: string, id: string): boolean {
    return this.#rows.delete(`${type}/${id}`);
  }

  get(type: string, id: string): Kept | undefined {
    return this.#rows.get(`${type}/${id}`);
  }

  list(type: string): readonly Kept[] {
    return [...this.#rows.values()].filter((row) => row.type === type);
  }
}

/** A member as an object, or an empty one. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The items of a list member; a single object counts as a list of one. */
export function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) {
    return value.filter((item) => isObject(item));
  }
  return isObject(value) ? [value] : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
