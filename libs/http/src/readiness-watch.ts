import { lookAtParts, type PartsProbe, type Readiness } from './parts-probe.js';

/** How long one look serves for: anybody may ask, and asking must not become load. */
const KEPT_MS = 1_000;
const TIMEOUT_MS = 2_000;

/** Looks at the parts when asked, at most once a second, and once for all who ask at the same time. */
export class ReadinessWatch {
  readonly #probes: readonly PartsProbe[];
  readonly #clock: () => number;
  #last: { readonly untilMs: number; readonly readiness: Promise<Readiness> } | undefined;

  constructor(probes: readonly PartsProbe[], clock: () => number = () => performance.now()) {
    this.#probes = probes;
    this.#clock = clock;
  }

  look(): Promise<Readiness> {
    const nowMs = this.#clock();
    if (this.#last !== undefined && nowMs < this.#last.untilMs) return this.#last.readiness;
    const readiness = lookAtParts(this.#probes, TIMEOUT_MS);
    this.#last = { untilMs: nowMs + KEPT_MS, readiness };
    return readiness;
  }
}
