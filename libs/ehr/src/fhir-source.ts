import type { SourcePermit, SourceWritePermit } from '#consent';
import { GatewayError } from '#outcome';
import { loadAssertionKey, type AssertionKey } from './auth/assertion.js';
import { VendorToken } from './auth/vendor-token.js';
import { VendorClient } from './http/vendor-client.js';
import { errorOf, failureOf, invalid } from './http/vendor-failure.js';
import { SYSTEM_PACE, type Pace } from './pace.js';
import { pagesOf } from './pages.js';
import type {
  PullResult,
  Source,
  SourceChange,
  SourceFinding,
  SourcePatient,
  SourcePayload,
  SourceWritten,
} from './source.js';
import { patientOf } from './source-patient.js';
import type { VendorProfile } from './vendor-profile.js';
import { VendorWriter } from './vendor-writer.js';

const MAX_IDENTIFIERS = 20;

interface Wanted {
  readonly type: string;
  readonly params: Readonly<Record<string, string>>;
}

interface Part {
  readonly type: string;
  readonly payloads: readonly SourcePayload[];
  readonly warnings: readonly string[];
}

/** A vendor's FHIR R4 server, as its profile describes it. */
export class FhirSource implements Source {
  readonly id: string;
  readonly #profile: VendorProfile;
  readonly #client: VendorClient;
  readonly #writer: VendorWriter;

  constructor(profile: VendorProfile, key: AssertionKey, pace: Pace = SYSTEM_PACE) {
    this.id = profile.id;
    this.#profile = profile;
    this.#client = new VendorClient(profile, new VendorToken(profile, key, pace), pace);
    this.#writer = new VendorWriter(profile, this.#client, pace);
  }

  /** Reads the profile's key and makes the source. Connects to nothing yet. */
  static async open(this: void, profile: VendorProfile, pace: Pace = SYSTEM_PACE): Promise<FhirSource> {
    return new FhirSource(profile, await loadAssertionKey(profile.auth), pace);
  }

  async *roster(permit: SourcePermit): AsyncGenerator<SourcePatient> {
    this.#check(permit);
    const search = { type: 'Patient', params: {}, signal: new AbortController().signal };
    for await (const page of pagesOf(this.#client, this.#profile, search)) {
      yield* page.resources.flatMap((resource) => patientOf(resource));
    }
  }

  async find(permit: SourcePermit, identifiers: readonly string[]): Promise<readonly SourcePatient[]> {
    this.#check(permit);
    if (identifiers.length > MAX_IDENTIFIERS) {
      throw new GatewayError('internal', { details: 'too many identifiers for one find' });
    }
    const signal = AbortSignal.timeout(this.#profile.limits.pullMs);
    const found = new Map<string, SourcePatient>();
    for (const identifier of identifiers) {
      const search = { type: 'Patient', params: { identifier }, signal };
      for await (const page of pagesOf(this.#client, this.#profile, search)) {
        const patients = page.resources.flatMap((resource) => patientOf(resource));
        for (const patient of patients.filter((one) => one.identifiers.includes(identifier))) {
          found.set(patient.id, patient);
        }
      }
    }
    return [...found.values()];
  }

  async pull(
    permit: SourcePermit,
    patient: string,
    types: readonly string[],
    signal: AbortSignal,
  ): Promise<PullResult> {
    this.#check(permit);
    const wanted = this.#profile.types
      .filter(({ type }) => types.includes(type))
      .flatMap(({ type, patientParam, variants }) =>
        variants.map((variant) => ({ type, params: { ...variant, [patientParam]: patient } })),
      );
    return this.#collect(wanted, signal);
  }

  async directory(permit: SourcePermit, signal: AbortSignal): Promise<PullResult> {
    this.#check(permit);
    return this.#collect(
      this.#profile.directoryTypes.map((type) => ({ type, params: {} })),
      signal,
    );
  }

  writes(type: string, method: SourceChange['method']): boolean {
    return this.#writer.writes(type, method);
  }

  write(permit: SourceWritePermit, change: SourceChange): Promise<SourceWritten> {
    return this.#writer.write(permit, change);
  }

  async lookUp(permit: SourcePermit, change: SourceChange): Promise<SourceFinding> {
    this.#check(permit);
    return this.#writer.lookUp(change);
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  /** All searches at a time; the first failure ends the others. */
  async #collect(wanted: readonly Wanted[], signal: AbortSignal): Promise<PullResult> {
    const failed = new AbortController();
    const limit = AbortSignal.any([signal, failed.signal, AbortSignal.timeout(this.#profile.limits.pullMs)]);
    const budget = { bytes: this.#profile.limits.pullBytes };
    try {
      limit.throwIfAborted();
      const parts = await Promise.all(wanted.map((one) => this.#search(one, limit, budget)));
      return resultOf(parts);
    } catch (error) {
      failed.abort();
      throw error instanceof GatewayError ? error : errorOf(this.id, failureOf(error));
    }
  }

  async #search({ type, params }: Wanted, signal: AbortSignal, budget: { bytes: number }): Promise<Part> {
    const payloads: SourcePayload[] = [];
    const warnings: string[] = [];
    for await (const page of pagesOf(this.#client, this.#profile, { type, params, signal })) {
      budget.bytes -= page.bytes.length;
      if (budget.bytes < 0) {
        throw invalid(this.id, 'pull too large');
      }
      payloads.push({ source: this.id, dialect: 'fhir-r4', type, bytes: page.bytes });
      const remarks = page.remarks.filter((code) => !this.#profile.benignOutcomes.includes(code));
      warnings.push(...remarks.map((code) => `${type}: ${code}`));
    }
    return { type, payloads, warnings };
  }

  #check(permit: SourcePermit): void {
    if (permit.kind !== 'source' || permit.source !== this.id) {
      throw new GatewayError('internal', { details: `${this.id}: permit for another source` });
    }
  }
}

function resultOf(parts: readonly Part[]): PullResult {
  const doubtful = new Set(parts.filter((part) => part.warnings.length > 0).map((part) => part.type));
  const asked = new Set(parts.map((part) => part.type));
  return {
    payloads: parts.flatMap((part) => part.payloads),
    complete: [...asked].filter((type) => !doubtful.has(type)),
    warnings: parts.flatMap((part) => part.warnings),
  };
}
