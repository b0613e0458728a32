import type { SourcePermit } from '#consent';
import { type NormaliseContext, type NormaliseIssue, resourceIdOf } from '#normalize';
import { GatewayError, type ErrorCode } from '#outcome';
import { deliveryOf, type Asked } from './delivery-of.js';
import type { Accepted, Delivery, IntakeSink } from './intake-sink.js';
import type { Pace } from './pace.js';
import type { PullResult, Source, SourceHeld } from './source.js';
import type { VendorProfile } from './vendor-profile.js';

/** What became of a refresh. A source that is down is a value: the stored copy is served, and the answer says so. */
export type Refreshed =
  | { readonly kind: 'fresh'; readonly source: string }
  | {
      readonly kind: 'refreshed';
      readonly source: string;
      readonly types: readonly string[];
      readonly issues: readonly NormaliseIssue[];
      readonly warnings: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly source: string;
      readonly code: ErrorCode;
      readonly retryAfterS: number | undefined;
    };

/** What a read-through is made of. */
export interface ReadThroughParts {
  readonly source: Source;
  readonly profile: VendorProfile;
  readonly sink: IntakeSink;
  readonly validate: NormaliseContext['validate'];
  readonly pace: Pace;
}

interface Flight {
  readonly types: ReadonlySet<string>;
  readonly result: Promise<Refreshed>;
}

/** After the source failed to answer, it is left in peace this long, so that reads do not queue up behind it. */
const COOLDOWN_MS = 2_000;

/**
 * Keeps the copy of one source's patients younger than the source's bound.
 *
 * At most one pull is on its way per patient; who asks for the same meanwhile shares it. A caller who stops waiting gets
 * `source-timeout`, and the pull goes on for whoever comes next.
 */
export class ReadThrough {
  readonly source: string;
  /** The types that the source serves of a patient. */
  readonly types: readonly string[];
  readonly #parts: ReadThroughParts;
  readonly #flights = new Map<string, Flight>();
  #restUntilMs = 0;

  constructor(parts: ReadThroughParts) {
    this.source = parts.source.id;
    this.types = parts.profile.types.map(({ type }) => type);
    this.#parts = parts;
  }

  /**
   * Pulls what is older than the bound of a patient's types.
   *
   * @param patient The patient's id at the source.
   * @param types Types that are wanted; those that the source does not serve are passed over.
   * @param signal Ends the waiting, not the pull.
   * @throws What the sink throws; failures of the source are values.
   */
  async refresh(
    permit: SourcePermit,
    patient: string,
    types: readonly string[],
    signal: AbortSignal,
  ): Promise<Refreshed> {
    for (;;) {
      const stale = await this.#stale(patient, types);
      if (stale.length === 0) {
        return { kind: 'fresh', source: this.source };
      }
      const flight = this.#flights.get(patient);
      if (flight === undefined) {
        return this.#waitFor(this.#takeOff(permit, patient, stale), signal);
      }
      const outcome = await this.#waitFor(flight.result, signal);
      if (outcome.kind === 'failed' || stale.every((type) => flight.types.has(type))) {
        return outcome;
      }
    }
  }

  /** Pulls what the source knows of nobody in particular. */
  async refreshDirectory(permit: SourcePermit, signal: AbortSignal): Promise<Refreshed> {
    const { source, profile } = this.#parts;
    const types = profile.directoryTypes;
    return this.#deliver(permit, { patient: undefined, types }, () => source.directory(permit, signal));
  }

  /**
   * Pulls types of a patient whatever their age, and hands them over: before a write, whose version must be the newest one.
   *
   * @returns What came, and what of it was news here.
   * @throws GatewayError `source-unavailable`, `source-timeout`, `source-invalid`, and what the sink throws.
   */
  async pullNow(
    permit: SourcePermit,
    patient: string,
    types: readonly string[],
  ): Promise<{ readonly result: PullResult; readonly accepted: Accepted }> {
    const { source, profile, pace, sink } = this.#parts;
    const atMs = pace.nowMs();
    const result = await source.pull(permit, patient, types, AbortSignal.timeout(profile.limits.pullMs));
    const { delivery } = deliveryOf(result, { patient, types, atMs }, this.#context());
    return { result, accepted: await sink.accept(permit, delivery) };
  }

  /** What a source knows of nobody in particular, as it says it. Throws as `pullNow` does. */
  async directoryNow(permit: SourcePermit): Promise<PullResult> {
    const { source, profile } = this.#parts;
    return source.directory(permit, AbortSignal.timeout(profile.limits.pullMs));
  }

  /**
   * What a source holds after a write, as a delivery, by the same way as what is pulled. No resource is in it where that could
   * not be taken over.
   */
  deliveryAfter(type: string, patient: string, { id, bytes }: SourceHeld): Delivery {
    const payloads =
      bytes === undefined ? [] : [{ source: this.source, dialect: 'fhir-r4' as const, type, bytes }];
    const asked = { patient, types: [], atMs: this.#parts.pace.nowMs() };
    const { delivery } = deliveryOf({ payloads, complete: [], warnings: [] }, asked, this.#context());
    const gone = bytes === undefined ? [{ type, id: resourceIdOf(this.source, type, id) }] : [];
    return { ...delivery, deleted: gone };
  }

  async #stale(patient: string, types: readonly string[]): Promise<readonly string[]> {
    const { sink, profile, pace } = this.#parts;
    const wanted = this.types.filter((type) => types.includes(type));
    if (wanted.length === 0) {
      return [];
    }
    const refreshed = await sink.refreshedMs(this.source, patient);
    const oldestMs = pace.nowMs() - profile.freshnessS * 1000;
    return wanted.filter((type) => (refreshed.get(type) ?? Number.NEGATIVE_INFINITY) <= oldestMs);
  }

  #takeOff(permit: SourcePermit, patient: string, types: readonly string[]): Promise<Refreshed> {
    const { source, profile } = this.#parts;
    const result = this.#deliver(permit, { patient, types }, () =>
      source.pull(permit, patient, types, AbortSignal.timeout(profile.limits.pullMs)),
    ).finally(() => this.#flights.delete(patient));
    this.#flights.set(patient, { types: new Set(types), result });
    // Everybody who waits gets the error. Where nobody does, the next refresh meets it again.
    result.catch(() => undefined);
    return result;
  }

  async #deliver(
    permit: SourcePermit,
    asked: Omit<Asked, 'atMs'>,
    pull: () => Promise<PullResult>,
  ): Promise<Refreshed> {
    const { pace, sink } = this.#parts;
    const atMs = pace.nowMs();
    if (atMs < this.#restUntilMs) {
      return this.#failed('source-unavailable', Math.ceil((this.#restUntilMs - atMs) / 1000));
    }
    let result: PullResult;
    try {
      result = await pull();
    } catch (error) {
      return this.#sourceFailed(error);
    }
    const { delivery, issues } = deliveryOf(result, { ...asked, atMs }, this.#context());
    await sink.accept(permit, delivery);
    return { kind: 'refreshed', source: this.source, types: asked.types, issues, warnings: result.warnings };
  }

  #context(): NormaliseContext {
    const { profile, validate } = this.#parts;
    const { id, baseUrl, zone, tolerated } = profile;
    return { source: id, baseUrl, zone, tolerated, validate };
  }

  #sourceFailed(error: unknown): Refreshed {
    if (!(error instanceof GatewayError) || !error.code.startsWith('source-')) {
      throw error;
    }
    if (error.code !== 'source-invalid') {
      this.#restUntilMs = this.#parts.pace.nowMs() + COOLDOWN_MS;
    }
    return this.#failed(error.code, error.retryAfterS);
  }

  #failed(code: ErrorCode, retryAfterS: number | undefined): Refreshed {
    return { kind: 'failed', source: this.source, code, retryAfterS };
  }

  /** The outcome, or `source-timeout` when the caller stops waiting first. */
  async #waitFor(outcome: Promise<Refreshed>, signal: AbortSignal): Promise<Refreshed> {
    const impatient = Promise.withResolvers<Refreshed>();
    const leave = (): void => {
      impatient.resolve(this.#failed('source-timeout', undefined));
    };
    if (signal.aborted) {
      leave();
    }
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([outcome, impatient.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }
}
