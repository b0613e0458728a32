import { parseStrict, type JsonObject } from '#digest';
import { fhir, outcome, type Answer, type Asked } from './answer.js';
import { listOf, objectOf, type ChartStore, type Kept } from './chart-store.js';

/** Types that may be written. Other systems' writes of the rest are not wanted here. */
export const WRITABLE: ReadonlySet<string> = new Set(['Observation', 'Condition', 'AllergyIntolerance']);

/** Types of which this vendor answers a create with a Location and no body, whatever `Prefer` says. */
const TACITURN: ReadonlySet<string> = new Set(['AllergyIntolerance']);
const ENTERED = { system: 'https://northside.example/entry', code: 'api' };
const MAX_REMEMBERED = 10_000;

/** A write that was made under a key. */
interface Made {
  readonly request: string;
  readonly kept: Kept;
  readonly status: number;
}

/** How this vendor shows a resource, and its base. */
export interface Rendering {
  readonly base: () => string;
  readonly text: (kept: Kept) => string;
}

/** Northside's side of writes: it gives ids and `meta` itself, wants If-Match, and remembers keys. */
export class Writes {
  readonly #store: ChartStore;
  readonly #rendering: Rendering;
  readonly #made = new Map<string, Made>();
  #serial = 0;

  constructor(store: ChartStore, rendering: Rendering) {
    this.#store = store;
    this.#rendering = rendering;
  }

  /** Answers a POST, PUT or DELETE of a caller who may. A key that was used gets the answer of then, and writes nothing. */
  handle(asked: Asked): Answer {
    if (!WRITABLE.has(asked.type)) {
      return outcome(405, 'not-supported', 'This type is not written here.');
    }
    const request = `${asked.method} ${asked.url} ${asked.body}`;
    const made = this.#made.get(asked.idempotencyKey ?? '');
    if (made !== undefined) {
      return made.request === request
        ? this.#answer(made)
        : outcome(422, 'duplicate', 'This key was used for another request.');
    }
    return asked.method === 'DELETE' ? this.#remove(asked, request) : this.#put(asked, request);
  }

  #put(asked: Asked, request: string): Answer {
    const resource = parsed(asked.body);
    const fault = this.#faultOf(asked, resource);
    if (fault !== undefined || resource === undefined) {
      return fault ?? outcome(400, 'invalid', 'The body is no resource.');
    }
    const id = asked.method === 'PUT' ? asked.id : this.#newId();
    this.#store.put({ ...resource, id, meta: entered(resource) });
    const kept = this.#store.get(asked.type, id);
    if (kept === undefined) {
      return outcome(500, 'exception', 'Not kept.');
    }
    return this.#remember(asked, { request, kept, status: asked.method === 'PUT' ? 200 : 201 });
  }

  #faultOf(asked: Asked, resource: JsonObject | undefined): Answer | undefined {
    const isUpdate = asked.method === 'PUT';
    if (resource?.resourceType !== asked.type || (isUpdate && resource.id !== asked.id)) {
      return outcome(400, 'invalid', 'The body is not the resource that the URL names.');
    }
    if (!this.#isAboutKnown(resource)) {
      return outcome(422, 'business-rule', 'No such patient here.');
    }
    return isUpdate ? this.#stopped(asked) : undefined;
  }

  #remove(asked: Asked, request: string): Answer {
    const kept = this.#store.get(asked.type, asked.id);
    if (kept === undefined) {
      return outcome(404, 'not-found', 'No such resource.');
    }
    const stopped = this.#stopped(asked);
    if (stopped !== undefined) {
      return stopped;
    }
    this.#store.remove(asked.type, asked.id);
    return this.#remember(asked, { request, kept, status: 204 });
  }

  /** A write without the version that it follows, or of one that is no more. */
  #stopped({ type, id, ifMatch }: Asked): Answer | undefined {
    const kept = this.#store.get(type, id);
    if (kept === undefined) {
      return outcome(404, 'not-found', 'No such resource.');
    }
    if (ifMatch === undefined) {
      return outcome(428, 'required', 'If-Match is required.');
    }
    return ifMatch === etag(kept) ? undefined : outcome(412, 'conflict', 'Another version is here.');
  }

  #isAboutKnown(resource: JsonObject): boolean {
    const { reference } = objectOf(resource.subject ?? resource.patient);
    const id = typeof reference === 'string' ? reference.split('/').at(-1) : undefined;
    return id !== undefined && this.#store.get('Patient', id) !== undefined;
  }

  #newId(): string {
    this.#serial += 1;
    const id = `nw-${String(this.#serial)}`;
    return [...WRITABLE].some((type) => this.#store.get(type, id) !== undefined) ? this.#newId() : id;
  }

  #remember({ idempotencyKey }: Asked, made: Made): Answer {
    if (idempotencyKey !== undefined) {
      const [oldest] = this.#made.keys();
      if (oldest !== undefined && this.#made.size >= MAX_REMEMBERED) {
        this.#made.delete(oldest);
      }
      this.#made.set(idempotencyKey, made);
    }
    return this.#answer(made);
  }

  #answer({ kept, status }: Made): Answer {
    if (status === 204) {
      return { status, headers: {}, body: '' };
    }
    const { type, id } = kept;
    const location = `${this.#rendering.base()}/${type}/${id}/_history/${String(kept.version)}`;
    const headers = { etag: etag(kept), ...(status === 201 ? { location } : {}) };
    return status === 201 && TACITURN.has(type)
      ? { status, headers, body: '' }
      : fhir(status, this.#rendering.text(kept), headers);
  }
}

/** The version as this vendor's ETag says it. */
export function etag({ version }: Kept): string {
  return `W/"${String(version)}"`;
}

function parsed(body: string): JsonObject | undefined {
  try {
    return objectOf(parseStrict(Buffer.from(body, 'utf8')));
  } catch {
    return undefined;
  }
}

/** What came with the resource, and that it came by this API. */
function entered(resource: JsonObject): JsonObject {
  const meta = objectOf(resource.meta);
  const tags = listOf(meta.tag).filter(({ system }) => system !== ENTERED.system);
  return { ...meta, tag: [ENTERED, ...tags] };
}
