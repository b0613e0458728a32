import type { Basis, Obligation, RuleSet, ScopeTerm, ServePermit, TimeBounds } from '#consent';
import type { Interaction, WriteInteraction } from '#fhir';
import type { Incoming, NamedPerson } from '#http';
import type { Principal } from '#smart';
import type { Owners, Stored } from '#store';

/** An interaction with somebody's data. */
export type DataInteraction = Exclude<Interaction, { kind: 'capabilities' }>;

/** One that is answered from what is stored, and changes nothing. */
export type ReadInteraction = Exclude<DataInteraction, WriteInteraction>;

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

/** After `subject`: whose record is named, and what is known of their rules. */
export interface Subjected<I extends DataInteraction = DataInteraction> extends Scoped<I> {
  readonly named: readonly NamedPerson[];
  readonly ruleSets: readonly RuleSet[];
  /** The patient for whom her own app asks. */
  readonly own?: NamedPerson;
}

/** After `refresh`. */
export interface Refreshed<I extends DataInteraction = DataInteraction> extends Subjected<I> {
  /** Ids of sources that could not be asked. */
  readonly unreachable: readonly string[];
}

/** What `decide` adds. */
export interface DecidedOn {
  readonly permit: ServePermit;
  readonly now: TimeBounds;
}

/** After `decide`. */
export interface Decided<I extends DataInteraction = DataInteraction> extends Refreshed<I>, DecidedOn {}

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

/** What `guard` adds. */
export interface GuardedBy {
  readonly obligations: readonly Obligation[];
  /** What each person's data rest on. */
  readonly bases: ReadonlyMap<string, readonly Basis[]>;
}

/** After `guard`: rows that both implementations let through. */
export interface Guarded<I extends DataInteraction = DataInteraction> extends Found<I>, GuardedBy {}
