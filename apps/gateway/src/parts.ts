import type { AgeBy, ProjectionState, RuleStore } from '#consent';
import type { SmartConfiguration } from '#oauth';
import type { CapabilityOptions, PageSizes } from '#fhir';
import type { ErrorCode } from '#outcome';
import type { LogStore } from '#provenance';
import type { Principal, TokenStore } from '#smart';
import type { FilingStore, Inbox, LinkStore, RecordReceipts, ResourceStore, RowChange } from '#store';
import type { Admission } from './admission.js';
import type { Challenges } from './consent/challenges.js';
import type { ChainDesk } from './consent/desk.js';

/** What the gateway needs of the world: ports, clock and settings, given once by the composition. */
export interface Parts {
  readonly tenant: string;
  /** Absolute base of the FHIR API, without a trailing slash. */
  readonly fhirBase: string;
  readonly capabilities: CapabilityOptions;
  readonly smartConfiguration: () => SmartConfiguration;
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>;
  readonly admission: Admission;
  readonly tokens: TokenStore;
  readonly resources: ResourceStore;
  readonly rules: RuleStore;
  readonly log: LogStore<RowChange>;
  readonly receipts: RecordReceipts;
  /** The newest published checkpoint: Ed25519 and ML-DSA-44, at most one a second. */
  readonly publishedCheckpoint: () => Promise<string>;
  readonly projection: () => Promise<ProjectionState | undefined>;
  readonly refresh: Refresh;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newId: (timeMs: number) => string;
  /** Leaf (hex) of the log record with this id: the binding that a basis rests on. */
  readonly bindingLeaf: (recordId: string) => Promise<string>;
  readonly desk: ChainDesk;
  readonly challenges: Challenges;
  readonly filings: FilingStore;
  readonly links: LinkStore;
  readonly inbox: Pick<Inbox, 'list' | 'show' | 'replay' | 'discard'>;
  /** Tells the relayer that there is work. */
  readonly pokeRelayer: () => void;
  /** Epoch milliseconds of the newest sealed record, a lower bound of the time. */
  readonly lastSealedMs: () => number;
  /** Counts an answer to nobody; one record a minute holds the counts. */
  readonly unidentified: (code: ErrorCode) => void;
  readonly incident: (kind: RequestIncident, detail: Readonly<Record<string, string>>) => void;
  readonly limits: {
    readonly pages: PageSizes;
    /** Bytes of an answer; it is held in memory until its seal is durable. */
    readonly answerBytes: number;
    readonly refreshMs: number;
    readonly stalenessMs: number;
    readonly ageBy: AgeBy;
    /** For chains whose blocks have a fixed period; `undefined` for blocks on demand. */
    readonly blockLagMs: number | undefined;
  };
}

/** What operators must know of at once, and only a request shows: `docs/monitors.md` says what each means. */
export type RequestIncident =
  'guard-removed' | 'clock-apart' | 'integrity-failure' | 'internal' | 'seal-unavailable';

/** Brings a named person's types up to date. Gives the ids of configured sources that could not be asked. */
export type Refresh = (
  patients: readonly string[],
  types: readonly string[],
  signal: AbortSignal,
) => Promise<readonly string[]>;
