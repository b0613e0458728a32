import type { SourcePermit } from '#consent';
import { writeJson, type JsonObject } from '#digest';
import { GatewayError, type ErrorCode } from '#outcome';
import { patientOf } from '../source-patient.js';
import type { PullResult, Source, SourcePatient } from '../source.js';

/** A resource of the fake, with the patient it is about; `undefined` for the directory. */
export interface MemoryResource {
  readonly patient: string | undefined;
  readonly resource: JsonObject;
}

/** A source in memory, for tests: `resources` may be changed, failures and warnings ordered. */
export class MemorySource implements Source {
  readonly id: string;
  readonly resources: MemoryResource[];
  /** How often `pull` was called. */
  pulls = 0;
  /** Types whose next pulls carry a warning. */
  readonly doubtful = new Set<string>();
  #failure: ErrorCode | undefined;

  constructor(id: string, resources: readonly MemoryResource[]) {
    this.id = id;
    this.resources = [...resources];
  }

  /** Makes the next call fail. */
  failNext(code: ErrorCode): void {
    this.#failure = code;
  }

  async *roster(permit: SourcePermit): AsyncGenerator<SourcePatient> {
    await this.#begin(permit);
    yield* this.#patients();
  }

  async find(permit: SourcePermit, identifiers: readonly string[]): Promise<readonly SourcePatient[]> {
    await this.#begin(permit);
    return this.#patients().filter((patient) => patient.identifiers.some((one) => identifiers.includes(one)));
  }

  async pull(
    permit: SourcePermit,
    patient: string,
    types: readonly string[],
    signal: AbortSignal,
  ): Promise<PullResult> {
    this.pulls += 1;
    await this.#begin(permit, signal);
    const served = new Set(
      this.resources.filter((row) => row.patient !== undefined).map((row) => typeOf(row)),
    );
    return this.#result(
      types.filter((type) => served.has(type)),
      patient,
    );
  }

  async directory(permit: SourcePermit, signal: AbortSignal): Promise<PullResult> {
    await this.#begin(permit, signal);
    const rows = this.resources.filter((row) => row.patient === undefined);
    return this.#result([...new Set(rows.map((row) => typeOf(row)))], undefined);
  }

  #result(types: readonly string[], patient: string | undefined): PullResult {
    const payloads = types.map((type) => {
      const rows = this.resources.filter((row) => row.patient === patient && typeOf(row) === type);
      const entry = rows.map(({ resource }) => ({ resource, search: { mode: 'match' } }));
      const bundle = { resourceType: 'Bundle', type: 'searchset', entry };
      return { source: this.id, dialect: 'fhir-r4', type, bytes: Buffer.from(writeJson(bundle)) } as const;
    });
    const warned = types.filter((type) => this.doubtful.has(type));
    return {
      payloads,
      complete: types.filter((type) => !this.doubtful.has(type)),
      warnings: warned.map((type) => `${type}: doubtful`),
    };
  }

  #patients(): readonly SourcePatient[] {
    return this.resources.flatMap(({ resource }) => patientOf(resource));
  }

  async #begin(permit: SourcePermit, signal?: AbortSignal): Promise<void> {
    await Promise.resolve();
    if (permit.kind !== 'source' || permit.source !== this.id) {
      throw new GatewayError('internal', { details: `${this.id}: permit for another source` });
    }
    const failure = signal?.aborted === true ? 'source-timeout' : this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) {
      throw new GatewayError(failure, { details: this.id });
    }
  }
}

function typeOf({ resource }: MemoryResource): string {
  return typeof resource.resourceType === 'string' ? resource.resourceType : '';
}
