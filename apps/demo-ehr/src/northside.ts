import type { JsonObject } from '#digest';
import { fhir, json, outcome, type Answer, type Asked } from './answer.js';
import { Authority } from './authority.js';
import { capabilities, smartConfiguration } from './capabilities.js';
import { ChartStore, type Kept } from './chart-store.js';
import { FaultBoard, spoil } from './fault.js';
import { Pages, type PageView } from './pages.js';
import { RateLimit } from './rate-limit.js';
import { matches, missing, REQUIRED } from './search.js';
import type { Settings } from './settings.js';
import { render } from './render.js';
import { etag, Writes } from './writes.js';

const MAX_LOG = 500;
/** Longer than anybody waits. */
const HANG_MS = 600_000;

/** A request that was answered, for whoever tests against this server. */
export interface Visit {
  readonly method: string;
  readonly url: string;
  readonly authorized: boolean;
  readonly status: number;
}

/** Northside: a FHIR R4 server with its own habits. It knows no Nest; handlers take a request and return an answer. */
export class Northside {
  readonly store: ChartStore;
  readonly faults = new FaultBoard();
  readonly rate: RateLimit;
  readonly authority: Authority;
  readonly visits: Visit[] = [];
  readonly #pages = new Pages();
  readonly #writes: Writes;
  readonly #now: () => Date;
  #origin = '';
  #turn = 0;

  constructor(settings: Settings, resources: readonly JsonObject[], now: () => Date) {
    this.#now = now;
    this.store = new ChartStore(resources, now);
    this.#writes = new Writes(this.store, { base: () => this.fhirBase, text: (kept) => this.#render(kept) });
    this.rate = new RateLimit(settings.RATE_PER_MINUTE, now);
    this.authority = new Authority({
      clientId: settings.CLIENT_ID,
      jwks: settings.CLIENT_JWKS,
      tokenSeconds: settings.TOKEN_SECONDS,
      now,
    });
  }

  /** Tells where it listens; absolute links need it. */
  listensAt(origin: string): void {
    this.#origin = origin;
  }

  get fhirBase(): string {
    return `${this.#origin}/r4`;
  }

  get tokenUrl(): string {
    return `${this.#origin}/oauth/token`;
  }

  async token(asked: Asked): Promise<Answer> {
    const refused = this.faults.take('refuse-token', asked.url) !== undefined;
    const answer = refused
      ? json(401, { error: 'invalid_client' })
      : await this.authority.token(asked.params, this.tokenUrl);
    return this.#leave(asked, spoil(this.faults, asked.url, answer), answer.status === 200);
  }

  metadata(asked: Asked): Answer {
    const statement = capabilities(this.fhirBase, this.#now().toISOString());
    return this.#leave(asked, spoil(this.faults, asked.url, fhir(200, JSON.stringify(statement))), true);
  }

  configuration(asked: Asked): Answer {
    const answer = json(200, smartConfiguration(this.tokenUrl));
    return this.#leave(asked, spoil(this.faults, asked.url, answer), true);
  }

  read(asked: Asked): Answer {
    return this.#guarded(asked, () => {
      const kept = this.store.get(asked.type, asked.id);
      return kept === undefined
        ? outcome(404, 'not-found', 'No such resource.')
        : fhir(200, this.#render(kept), { etag: etag(kept) });
    });
  }

  search(asked: Asked): Answer {
    return this.#guarded(asked, () => {
      if (!Object.hasOwn(REQUIRED, asked.type)) {
        return outcome(404, 'not-supported', 'This type is not served here.');
      }
      const cursor = asked.params.get('pageContext');
      if (cursor !== null) {
        const view = this.#pages.at(cursor);
        return view === undefined ? outcome(410, 'expired', 'This page has gone.') : this.#page(asked, view);
      }
      if (missing(asked.type, asked.params).length > 0) {
        return outcome(400, 'required', 'No supported search parameters provided.');
      }
      const rows = matches(this.store, asked.type, asked.params);
      return this.#page(asked, this.#pages.first(rows, asked.params));
    });
  }

  /** Faults of the wire spoil an answer after the write was made; `refuse-write` and `lose-write` come before it. */
  write(asked: Asked): Answer {
    return this.#guarded(asked, () => {
      if (!this.authority.allowsWrite(asked.authorization)) {
        return outcome(403, 'forbidden', 'The token does not cover writes.');
      }
      const refused = this.faults.take('refuse-write', asked.url);
      if (refused !== undefined) {
        return outcome(refused.status, 'processing', 'Not now.');
      }
      if (this.faults.take('lose-write', asked.url) !== undefined) {
        return { ...outcome(503, 'transient', 'Not now.'), delayMs: HANG_MS };
      }
      const answer = this.#writes.handle(asked);
      const silent = this.faults.take('write-then-hang', asked.url);
      return silent === undefined ? answer : { ...answer, delayMs: HANG_MS };
    });
  }

  #guarded(asked: Asked, handle: () => Answer): Answer {
    if (this.faults.take('drop-token', asked.url) !== undefined) {
      this.authority.dropTokens();
    }
    if (!this.authority.allows(asked.authorization)) {
      const refusal = outcome(401, 'login', 'A token is required.', { 'www-authenticate': 'Bearer' });
      return this.#leave(asked, refusal, false);
    }
    const waitS = this.rate.count();
    const answer =
      waitS > 0
        ? outcome(429, 'throttled', 'Too many requests.', { 'retry-after': String(waitS) })
        : spoil(this.faults, asked.url, handle());
    return this.#leave(asked, answer, true);
  }

  #page(asked: Asked, view: PageView): Answer {
    const { faults } = this;
    if (faults.take('not-a-bundle', asked.url) !== undefined) {
      return fhir(200, '{"resourceType":"Parameters"}');
    }
    const empty = faults.take('empty-pages', asked.url) !== undefined;
    const twice = faults.take('duplicates', asked.url) !== undefined;
    const rows = empty ? [] : view.rows;
    const entries = (twice ? [...rows, ...rows] : rows).map((row) => this.#entry(row));
    const link = [`{"relation":"self","url":${JSON.stringify(this.#absolute(asked.url))}}`];
    const next = this.#next(asked, view, empty);
    if (next !== undefined) {
      link.push(`{"relation":"next","url":${JSON.stringify(next)}}`);
    }
    const all = [...entries, ...this.#notes(asked, view)];
    const head = `"resourceType":"Bundle","type":"searchset","total":${String(view.total)}`;
    return fhir(
      200,
      `{${head},"link":[${link.join(',')}]${all.length > 0 ? `,"entry":[${all.join(',')}]` : ''}}`,
    );
  }

  #next(asked: Asked, view: PageView, empty: boolean): string | undefined {
    const foreign = this.faults.take('foreign-next', asked.url);
    if (foreign !== undefined) {
      return foreign.url;
    }
    if (this.faults.take('loop', asked.url) !== undefined) {
      return this.#absolute(asked.url);
    }
    if (empty) {
      this.#turn += 1;
      const separator = asked.url.includes('?') ? '&' : '?';
      return this.#absolute(
        `${asked.url.replace(/[?&]nothing=\d+/, '')}${separator}nothing=${String(this.#turn)}`,
      );
    }
    return view.next === undefined
      ? undefined
      : `${this.fhirBase}/${asked.type}?pageContext=${view.next}&direction=NEXT`;
  }

  /** OperationOutcome entries among the matches: that nothing was found, or that something was held back. */
  #notes(asked: Asked, view: PageView): readonly string[] {
    const notes: string[] = [];
    if (view.total === 0) {
      notes.push(note('information', '4101', 'Resource request returns no results.'));
    }
    const warning = this.faults.take('warning', asked.url);
    if (warning !== undefined) {
      notes.push(note('warning', warning.code, 'This response includes a partial view.'));
    }
    return notes;
  }

  #entry(row: Kept): string {
    const fullUrl = JSON.stringify(`${this.fhirBase}/${row.type}/${row.id}`);
    return `{"fullUrl":${fullUrl},"resource":${this.#render(row)},"search":{"mode":"match"}}`;
  }

  #render(row: Kept): string {
    this.#turn += 1;
    return render(row, this.#turn, this.fhirBase);
  }

  #absolute(url: string): string {
    return `${this.#origin}${url}`;
  }

  #leave(asked: Asked, answer: Answer, authorized: boolean): Answer {
    this.visits.push({ method: asked.method, url: asked.url, authorized, status: answer.status });
    if (this.visits.length > MAX_LOG) {
      this.visits.shift();
    }
    return answer;
  }
}

function note(severity: string, code: string, text: string): string {
  const details = { coding: [{ system: 'https://northside.example/outcome', code }], text };
  const resource = {
    resourceType: 'OperationOutcome',
    issue: [{ severity, code: 'informational', details }],
  };
  return JSON.stringify({ resource, search: { mode: 'outcome' } });
}
