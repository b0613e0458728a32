import type { SourcePermit, SourceWritePermit } from '#consent';
import { writeJson, type JsonObject } from '#digest';
import { GatewayError, type ErrorCode } from '#outcome';
import { patientOf } from '../source-patient.js';
import type {
  PullResult,
  Source,
  SourceChange,
  SourceFinding,
  SourceHeld,
  SourcePatient,
  SourceWritten,
} from '../source.js';
import { demandWritable } from '../writable.js';

/** What the next write does instead of succeeding; `lost`: it is written, and nobody is told. */
export type MemoryWriteFault = 'not-sent' | 'refused' | 'lost' | 'unknown';

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
  /** How often something was written. */
  written = 0;
  readonly #versions = new Map<string, number>();
  readonly #keys = new Map<string, SourceHeld>();
  #serial = 0;
  #failure: ErrorCode | undefined;
  #writeFault: MemoryWriteFault | undefined;

  constructor(id: string, resources: readonly MemoryResource[]) {
    this.id = id;
    this.resources = [...resources];
  }

  /** Makes the next call fail. */
  failNext(code: ErrorCode): void {
    this.#failure = code;
  }

  /** Makes the next write fail. */
  failNextWrite(fault: MemoryWriteFault): void {
    this.#writeFault = fault;
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

  writes(type: string): boolean {
    return type !== 'Patient';
  }

  async write(permit: SourceWritePermit, change: SourceChange): Promise<SourceWritten> {
    await Promise.resolve();
    demandWritable(this, permit, change, 0);
    const fault = this.#writeFault;
    this.#writeFault = undefined;
    if (fault === 'not-sent') return { kind: 'not-sent', code: 'source-unavailable', retryAfterS: undefined };
    if (fault === 'refused') return { kind: 'refused', reason: 'invalid', status: 422 };
    if (fault === 'unknown') return { kind: 'unknown', code: 'source-timeout' };
    const done = this.#keys.get(change.key);
    const came = done === undefined ? this.#change(change) : { kind: 'done' as const, held: done };
    if (came.kind === 'done') this.#keys.set(change.key, came.held);
    return fault === 'lost' ? { kind: 'unknown', code: 'source-timeout' } : came;
  }

  async lookUp(permit: SourcePermit, { key, id, type, version }: SourceChange): Promise<SourceFinding> {
    await this.#begin(permit);
    const held = this.#keys.get(key);
    if (held !== undefined) return { kind: 'found', held };
    const isSame = id === undefined || this.#versionOf(type, id) === version;
    return { kind: isSame ? 'absent' : 'superseded' };
  }

  #change(change: SourceChange): SourceWritten {
    const { method, type, id, version, resource } = change;
    const at = this.resources.findIndex((row) => typeOf(row) === type && row.resource.id === id);
    if (method !== 'create') {
      if (at < 0) return { kind: 'refused', reason: 'gone', status: 404 };
      if (this.#versionOf(type, id ?? '') !== version)
        return { kind: 'refused', reason: 'conflict', status: 412 };
    }
    this.written += 1;
    this.#serial += 1;
    const newId = id ?? `m${this.#serial}`;
    return {
      kind: 'done',
      held: resource === undefined ? this.#without(at, newId) : this.#with(at, newId, change),
    };
  }

  #without(at: number, id: string): SourceHeld {
    this.resources.splice(at, 1);
    return { id, version: undefined, bytes: undefined };
  }

  #with(at: number, id: string, { type, patient, resource }: SourceChange): SourceHeld {
    this.#versions.set(`${type}/${id}`, Number(this.#versionOf(type, id)) + 1);
    const version = this.#versionOf(type, id);
    const held = { ...resource, id, meta: { versionId: version } };
    const owner = at < 0 ? patient : this.resources[at]?.patient;
    this.resources.splice(at < 0 ? this.resources.length : at, 1, { patient: owner, resource: held });
    return { id, version, bytes: Buffer.from(writeJson(held)) };
  }

  #versionOf(type: string, id: string): string {
    return String(this.#versions.get(`${type}/${id}`) ?? 0);
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
