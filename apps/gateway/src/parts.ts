import type { AgeBy, ProjectionState, RuleStore } from '#consent';
import type { SmartConfiguration } from '#oauth';
import type { CapabilityOptions, PageSizes } from '#fhir';
import type { PipelineParts } from '#http';
import type { TokenStore } from '#smart';
import type {
  AccessIndex,
  FilingStore,
  Inbox,
  KeyedWriteStore,
  LinkStore,
  RecordOpener,
  RecordReceipts,
  ResourceStore,
  RowChange,
} from '#store';
import type { Challenges } from './consent/challenges.js';
import type { ChainDesk } from './consent/desk.js';
import type { NoticeHub } from './notices/notice-hub.js';
import type { VendorWrites } from './vendor-writes.js';

/** What the gateway needs of the world: ports, clock and settings, given once by the composition. */
export interface Parts extends PipelineParts<RowChange> {
  readonly tenant: string;
  /** Absolute base of the FHIR API, without a trailing slash. */
  readonly fhirBase: string;
  readonly capabilities: CapabilityOptions;
  readonly smartConfiguration: () => SmartConfiguration;
  readonly tokens: TokenStore;
  readonly resources: ResourceStore;
  readonly rules: RuleStore;
  readonly receipts: RecordReceipts;
  /** Which records concern whom; what they say is in the log. */
  readonly accesses: AccessIndex;
  readonly records: Pick<RecordOpener, 'openRecord'>;
  /** Streams of notices that this process holds. */
  readonly notices: NoticeHub;
  /** Origin of the log. */
  readonly origin: string;
  /** The newest published checkpoint: Ed25519 and ML-DSA-44, at most one a second. */
  readonly publishedCheckpoint: () => Promise<string>;
  readonly projection: () => Promise<ProjectionState | undefined>;
  readonly refresh: Refresh;
  /** Writes under the keys of clients. */
  readonly keyedWrites: Pick<KeyedWriteStore, 'keyDigest' | 'standing'>;
  /** Writes to sources that own what is written. */
  readonly writes: VendorWrites;
  /** A version id that tells nothing: 16 random characters. */
  readonly newVersionId: () => string;
  /** Leaf (hex) of the log record with this id: the binding that a basis rests on. */
  readonly bindingLeaf: (recordId: string) => Promise<string>;
  readonly desk: ChainDesk;
  readonly challenges: Challenges;
  readonly filings: FilingStore;
  readonly links: LinkStore;
  readonly inbox: Pick<Inbox, 'list' | 'show' | 'replay' | 'discard'>;
  /** Tells the relayer that there is work. */
  readonly pokeRelayer: () => void;
  readonly limits: {
    readonly pages: PageSizes;
    /** Bytes of an answer; it is held in memory until its seal is durable. */
    readonly answerBytes: number;
    /** Bytes of a resource that a client makes: of what it sends, and of what its patch makes of what is there. */
    readonly writtenBytes: number;
    readonly refreshMs: number;
    /** How long an Idempotency-Key stands for its request. */
    readonly writeKeyMs: number;
    readonly stalenessMs: number;
    readonly ageBy: AgeBy;
    /** For chains whose blocks have a fixed period; `undefined` for blocks on demand. */
    readonly blockLagMs: number | undefined;
  };
}

/** Brings a named person's types up to date. Gives the ids of configured sources that could not be asked. */
export type Refresh = (
  patients: readonly string[],
  types: readonly string[],
  signal: AbortSignal,
) => Promise<readonly string[]>;
