import type { OutgoingHttpHeaders } from 'node:http';
import type { Obligation, RuleSet, ScopeTerm, ServePermit, TimeBounds } from '#consent';
import type { Interaction } from '#fhir';
import type { ErrorCode } from '#outcome';
import type { Seal, SealableRecord } from '#provenance';
import type { Principal } from '#smart';
import type { Owners, Stored } from '#store';

/** A request as the pipeline takes it: read once, never changed. */
export interface Incoming {
  readonly method: string;
  /** Path below the base, beginning with `/`, without query. */
  readonly path: string;
  /** Query as received, without the question mark. */
  readonly query: string;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly prefer: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly receivedMs: number;
}

/** An interaction that is answered with somebody's data. */
export type DataInteraction = Exclude<Interaction, { kind: 'capabilities' }>;

/** After `recognise`. */
export interface Recognised<I extends DataInteraction = DataInteraction> {
  readonly request: Incoming;
  readonly interaction: I;
}

/** After `identify`. */
export interface Identified<I extends DataInteraction = DataInteraction> extends Recognised<I> {
  readonly principal: Principal;
}

/** After `scope`. */
export interface Scoped<I extends DataInteraction = DataInteraction> extends Identified<I> {
  readonly terms: readonly ScopeTerm[];
}

/** A person that the request names, with the patient id that it used. */
export interface NamedPerson {
  readonly patient: string;
  /** `undefined`: no such patient here. */
  readonly person: string | undefined;
}

/** After `subject`: whose record is named, and what is known of their rules. */
export interface Subjected<I extends DataInteraction = DataInteraction> extends Scoped<I> {
  readonly named: readonly NamedPerson[];
  readonly ruleSets: readonly RuleSet[];
}

/** After `refresh`. */
export interface Refreshed<I extends DataInteraction = DataInteraction> extends Subjected<I> {
  /** Ids of sources that could not be asked. */
  readonly unreachable: readonly string[];
}

/** After `decide`. */
export interface Decided<I extends DataInteraction = DataInteraction> extends Refreshed<I> {
  readonly permit: ServePermit;
  readonly now: TimeBounds;
}

/** What a query found. */
export interface Found<I extends DataInteraction = DataInteraction> extends Decided<I> {
  readonly rows: readonly Stored[];
  readonly next: string | undefined;
  readonly total: number | undefined;
  /** Position of the projection that the statement saw. */
  readonly sawPosition: bigint;
  /** Versions of the rules of the rows' persons, as the statement saw them. */
  readonly sawVersions: ReadonlyMap<string, bigint>;
  /** Owners of what an instance interaction did not give. */
  readonly owners: Owners;
}

/** After `guard`: rows that both implementations let through, with the basis of each person. */
export interface Guarded<I extends DataInteraction = DataInteraction> extends Found<I> {
  readonly obligations: readonly Obligation[];
  readonly bases: ReadonlyMap<string, readonly string[]>;
}

/** What is about to leave. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<OutgoingHttpHeaders>;
  readonly body: Uint8Array;
}

/** An answer and the record that must be durable before it leaves. */
export interface Sealable {
  readonly answer: Rendered;
  readonly record: SealableRecord;
}

/** An answer whose record is in the log. */
export interface SealedAnswer {
  readonly answer: Rendered;
  readonly seal: Seal;
}

/** An answer that may leave: sealed, or one about nobody to nobody (no valid token). */
export type Served =
  | { readonly kind: 'sealed'; readonly sealed: SealedAnswer }
  | { readonly kind: 'unidentified'; readonly answer: Rendered; readonly code: ErrorCode };
