import type { AppendResult } from './append-rate.js';
import type { EventResult } from './event-rate.js';
import type { ConversionResult } from './conversion-rate.js';
import type { IngestResult } from './ingest-rate.js';
import type { Measured } from './measure.js';
import type { Layout } from './layouts.js';
import type { NoticeDelay } from './notice-delay.js';
import type { ProfileSummary } from './profiler.js';
import type { SoakResult } from './soak.js';
import type { Variant } from './variants.js';
import type { WriteRow } from './write-rate.js';

/** What is asked for, by the name under which it is reported. */
export type Workload = 'read' | 'search';

/** A line of the main table. */
export interface Row extends Measured {
  readonly node: 'product' | Exclude<Variant, 'all'>;
  readonly workload: Workload;
  readonly load: string;
}

/** Reads at the processes of a layout. */
export interface ReplicaRow extends Measured {
  readonly layout: Layout;
  readonly load: string;
}

/** Everything that was measured. */
export interface Results {
  /** RFC 3339 */
  readonly startedAt: string;
  readonly loadBefore: string;
  readonly coldMs: number | undefined;
  readonly warmMs: number;
  readonly fsyncMs: number;
  /** What one core takes for the fixed piece of work, before and after everything else. */
  readonly fixedWorkMs: readonly [before: number, after: number];
  readonly rows: readonly Row[];
  readonly memory: readonly { readonly process: string; readonly mib: number }[];
  readonly profiles: readonly ({ readonly workload: Workload } & ProfileSummary)[];
  /** Missing where this part was not run. */
  readonly conversion: ConversionResult | undefined;
  readonly ingest: readonly ({ readonly load: string } & IngestResult)[];
  readonly commits: readonly ({ readonly inFlight: number; readonly load: string } & AppendResult)[];
  readonly writes: readonly WriteRow[];
  readonly replicas: readonly ReplicaRow[];
  readonly notices: readonly NoticeDelay[];
  /** Missing where these parts were not run. */
  readonly events: EventResult | undefined;
  readonly soak: SoakResult | undefined;
}
