import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '#outcome';
import type { AppendItem, LogStore, SealableRecord } from '#provenance';
import type { KeyedWrite, KeyedWriteStore, RowChange } from '#store';
import type { OpenSource } from '../open-sources.js';
import { endOf } from './end-of.js';
import { recordOfFinding, type Found } from './record-of-finding.js';
import { methodOf } from './vendor-change.js';
import { doneOf } from './write-through.js';
import type { Settling, WriteCame } from './write-port.js';

/** Writes that are looked up in one round. */
const ROUND_WRITES = 100;
const MAX_PAUSE_MS = 3_600_000;

/** What looking writes up is made of. */
export interface ReconcilerParts {
  readonly sources: readonly OpenSource[];
  readonly patients: {
    sourceIdsOf(
      patients: readonly string[],
    ): Promise<readonly { readonly source: string; readonly sourceId: string }[]>;
  };
  readonly persons: { personsOf(patients: readonly string[]): Promise<ReadonlyMap<string, string>> };
  readonly writes: KeyedWriteStore;
  readonly intake: Settling;
  readonly log: Pick<LogStore<RowChange>, 'append'>;
  readonly clock: () => number;
  readonly newId: (nowMs: number) => string;
  /** A write is looked up once it was open for so long: longer than its source may take for one (`lookUpAfterMs`). */
  readonly afterMs: number;
  readonly everyMs: number;
  /** Something failed that is no source's silence. */
  readonly report: (reference: string, error: unknown) => void;
}

/**
 * Finds out what became of writes that nobody knows the end of: their sources are asked by the key. What is found is stored
 * and sealed like a write whose answer came; what surely is not there may be tried again by its client. A source that cannot
 * tell is asked later, after a pause that doubles up to an hour.
 */
export class WriteReconciler {
  readonly #parts: ReconcilerParts;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** Rounds until the signal comes. One process at a time should: two would do no harm, and ask twice. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one round after the other
      await this.round(signal).catch((error: unknown) => this.#parts.report('round', error));
      await sleep(this.#parts.everyMs, undefined, { signal }).catch(() => undefined);
      // oxlint-enable no-await-in-loop
    }
  }

  /** Looks up what is due. @returns how many writes came to an end */
  async round(signal?: AbortSignal): Promise<number> {
    const { writes, clock, afterMs } = this.#parts;
    const nowMs = clock();
    const due = await writes.unsettled({ openedBeforeMs: nowMs - afterMs, nowMs, limit: ROUND_WRITES });
    let ended = 0;
    for (const write of due) {
      if (signal?.aborted === true) break;
      // oxlint-disable-next-line no-await-in-loop -- a source that was silent is not asked for a hundred writes at once
      if (await this.#settle(write)) ended += 1;
    }
    return ended;
  }

  async #settle(write: KeyedWrite): Promise<boolean> {
    const { writes, report, clock } = this.#parts;
    try {
      return await this.#lookUp(write);
    } catch (error) {
      const overtaken = error instanceof GatewayError && error.details === 'keyed-write';
      if (overtaken) return true;
      const isSilent = error instanceof GatewayError && error.code.startsWith('source-');
      if (!isSilent) report(write.id, error);
      await writes.postpone(write.id, clock() + pauseMs(this.#parts.afterMs, write.lookups));
      return false;
    }
  }

  async #lookUp(write: KeyedWrite): Promise<boolean> {
    const { target, id, interaction } = write;
    const open = this.#parts.sources.find(({ source }) => source.id === target.source);
    if (open === undefined) throw new GatewayError('source-unavailable', { details: target.source });
    const patient = await this.#sourcePatient(write);
    const finding = await open.source.lookUp(open.permit, {
      method: methodOf(interaction),
      type: target.type,
      id: target.sourceId,
      version: target.sourceVersion,
      patient,
      resource: undefined,
      key: id,
    });
    switch (finding.kind) {
      case 'found': {
        const delivery = open.through.deliveryAfter(target.type, patient ?? '', finding.held);
        const person = await this.#personOf(write);
        await this.#parts.intake.settle(open.permit, delivery, (settlement) =>
          this.#itemOf(write, person, { came: doneOf(settlement), outcome: 'found' }),
        );
        return true;
      }
      case 'absent':
        return this.#end(write, {
          came: { kind: 'not-written', code: 'source-unavailable', retryAfterS: undefined },
          outcome: 'not-written',
        });
      case 'superseded':
        return this.#end(write, {
          came: { kind: 'refused', code: 'version-conflict' },
          outcome: 'superseded',
        });
      default:
        return finding satisfies never;
    }
  }

  async #end(write: KeyedWrite, found: Found): Promise<boolean> {
    const person = await this.#personOf(write);
    await this.#parts.log.append([this.#itemOf(write, person, found)]);
    return true;
  }

  #itemOf(write: KeyedWrite, person: string | undefined, found: Found): AppendItem<RowChange> {
    const { clock, newId } = this.#parts;
    const nowMs = clock();
    const record: SealableRecord = recordOfFinding(write, person, found, { id: newId(nowMs), nowMs });
    return { record, writes: [endOf(write.id, write.interaction, found.came, nowMs)] };
  }

  async #personOf({ target: { patient } }: KeyedWrite): Promise<string | undefined> {
    if (patient === undefined) return undefined;
    return (await this.#parts.persons.personsOf([patient])).get(patient);
  }

  async #sourcePatient({ target }: KeyedWrite): Promise<string | undefined> {
    if (target.patient === undefined) return undefined;
    const known = await this.#parts.patients.sourceIdsOf([target.patient]);
    return known.find(({ source }) => source === target.source)?.sourceId;
  }
}

/** How long a source is left alone after it could not tell so many times. */
export function pauseMs(firstMs: number, lookups: number): number {
  return Math.min(MAX_PAUSE_MS, firstMs * 2 ** Math.min(lookups, 20));
}

export type { WriteCame };
