import type { Pool } from 'pg';
import type { LogStore } from '#provenance';
import type { ApplyContext } from '../apply/apply-context.js';
import type { RowChange } from '../change.js';

/** What an `Intake` is made of. */
export interface IntakeOptions extends ApplyContext {
  readonly pool: Pool;
  readonly log: LogStore<RowChange>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** That many bytes from a CSPRNG. */
  readonly random: (bytes: number) => Uint8Array;
  /** Identifier systems that give one number to one person for life. */
  readonly strongSystems: readonly string[];
}
