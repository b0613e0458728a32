import type { SourcePermit } from '#consent';
import { canonicalize, type JsonObject } from '#digest';
import type { Accepted, Delivery, IntakeSink } from '../intake-sink.js';

/** An intake in memory, for tests. */
export class MemoryIntakeSink implements IntakeSink {
  readonly deliveries: Delivery[] = [];
  /** What is stored, by `Type/id`. */
  readonly stored = new Map<string, JsonObject>();
  /** How many resources were written or deleted, unchanged ones apart. */
  changes = 0;
  readonly #owners = new Map<string, string>();
  readonly #refreshed = new Map<string, Map<string, number>>();
  #failure: Error | undefined;

  /** Makes the next delivery fail. */
  failNext(error: Error): void {
    this.#failure = error;
  }

  async accept(permit: SourcePermit, delivery: Delivery): Promise<Accepted> {
    await Promise.resolve();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined || permit.source !== delivery.source) {
      throw failure ?? new Error('permit for another source');
    }
    this.deliveries.push(delivery);
    this.#write(delivery);
    this.#remove(delivery);
    if (delivery.patient !== undefined) {
      const times = this.#refreshed.get(delivery.patient.sourceId) ?? new Map<string, number>();
      delivery.pulledTypes.forEach((type) => times.set(type, delivery.atMs));
      this.#refreshed.set(delivery.patient.sourceId, times);
    }
    return { versions: [], issues: [] };
  }

  async refreshedMs(_source: string, sourcePatient: string): Promise<ReadonlyMap<string, number>> {
    await Promise.resolve();
    return this.#refreshed.get(sourcePatient) ?? new Map<string, number>();
  }

  #write(delivery: Delivery): void {
    for (const { type, id, resource } of delivery.resources) {
      const key = `${type}/${id}`;
      const before = this.stored.get(key);
      if (before === undefined || canonicalize(before) !== canonicalize(resource)) {
        this.stored.set(key, resource);
        this.#owners.set(key, delivery.patient?.sourceId ?? '');
        this.changes += 1;
      }
    }
  }

  #remove(delivery: Delivery): void {
    const present = new Set(delivery.resources.map(({ type, id }) => `${type}/${id}`));
    const gone = [...this.stored.keys()].filter(
      (key) =>
        !present.has(key) &&
        this.#owners.get(key) === (delivery.patient?.sourceId ?? '') &&
        delivery.completeTypes.some((type) => key.startsWith(`${type}/`)),
    );
    gone.forEach((key) => this.stored.delete(key));
    this.changes += gone.length;
  }
}
