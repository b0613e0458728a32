import { DIRECTORY_TYPES, type InteractionKind } from '#fhir';
import { gives } from './gives.js';
import { ownAccess } from './own-access.js';
import { type Basis, type Decision, distinctBases, type Obligation, ServePermit } from './permit.js';
import { SELF } from './policies.js';
import type { ProjectionState } from './ports.js';
import type { ConsentAction, Predicate, ScopeTerm } from './request.js';
import type { RuleSet } from './rule.js';
import { timeBounds, type Times } from './time-bounds.js';

/** Who asks, as far as consent is concerned: a part of the `Principal`. */
export interface Asker {
  readonly tenant: string;
  readonly client: string;
  readonly user: string | undefined;
  readonly organization: string | undefined;
  readonly roles: readonly string[];
  /** The token's one purpose, a code of v3-ActReason. */
  readonly purpose: string;
  /** The token's expiry, epoch milliseconds. */
  readonly expiresMs: number;
}

/** What is to be decided. */
export interface DecideInput {
  readonly asker: Asker;
  readonly interaction: {
    readonly kind: InteractionKind;
    /** Types that the answer may hold. */
    readonly types: readonly string[];
    /** Ids of the patients whom the request names. */
    readonly patients: readonly string[];
  };
  /** Scopes that cover the interaction, already found by the caller. */
  readonly scopes: readonly ScopeTerm[];
  /** Rule sets by named patient id; `undefined` or absent where the id is not known. */
  readonly ruleSets: ReadonlyMap<string, RuleSet | undefined>;
  /** Where a person's own app asks: the patient for whom it speaks, and her person, if she is here. */
  readonly own?: { readonly patient: string; readonly person: string | undefined };
  readonly chain: {
    readonly state: ProjectionState | undefined;
    readonly ageBy: AgeBy;
    /** How old the projection may be for a consent basis, milliseconds. */
    readonly staleMs: number;
  };
  readonly times: Times;
}

/** Every answer carries it, whether or not anything is hidden. */
export const NOTICE: Obligation = {
  kind: 'notice',
  text: 'This answer may be incomplete: what has not been released to you is not shown.',
};

/** How long a permit may be used at most, milliseconds: one request's time. */
export const PERMIT_LIFETIME_MS = 15_000;

const INSTANCE: readonly InteractionKind[] = [
  'read',
  'vread',
  'history-instance',
  'create',
  'update',
  'patch',
  'delete',
];

/**
 * Decides whether a question may be put to the store, and with which predicate.
 *
 * An instance interaction always gets a permit, and the predicate decides, so that hidden and absent look alike; so does a
 * write, of which what stands there and what is to stand there are judged by it. A
 * search that names a patient is refused where the caller's rules for that id give nothing for this type and purpose
 * now; an id that nobody has is refused just so. A search that names nobody gets a permit. A person's own app asks by the
 * policy P-SELF, whatever she consented to.
 *
 * @returns A refusal is a value: `scope-insufficient`, `consent-stale` or `consent-denied`.
 */
export function decide(input: DecideInput): Decision {
  const { state } = input.chain;
  if (input.scopes.length === 0) return refusal('scope-insufficient');
  const now = timeBounds(input.times);
  if (state === undefined || now.hi - agedFrom(state, input.chain.ageBy) > staleMs(input)) {
    return refusal('consent-stale');
  }
  const predicate = predicateOf(input, state, now);
  if (INSTANCE.includes(input.interaction.kind)) return permit(input, predicate, []);
  const given = input.interaction.patients.map((patient) =>
    gives(input.ruleSets.get(patient), input.interaction.types, predicate),
  );
  if (given.some((bases) => bases.length === 0)) return refusal('consent-denied');
  return permit(input, predicate, distinctBases(given.flat()));
}

/** A hiccup of the chain stops what rests on Consents, not a person's own access. */
function staleMs({ own, chain }: DecideInput): number {
  return own === undefined ? chain.staleMs : Math.max(chain.staleMs, SELF.staleMs);
}

/** The actor strings of whoever asks. */
export function actorsOf(asker: Asker): readonly string[] {
  return [
    `client:${asker.client}`,
    ...(asker.user === undefined ? [] : [`user:${asker.user}`]),
    ...(asker.organization === undefined ? [] : [`organization:${asker.organization}`]),
    ...asker.roles.map((role) => `role:${role}`),
  ];
}

/**
 * Where blocks come by themselves a projection ages by the newest one: a node that goes on answering an old tip does not
 * keep it fresh. Where they come on demand (the embedded chain), by the last contact.
 */
export type AgeBy = 'contact' | 'block';

/** @returns epoch milliseconds at which the projection was known to be level with the chain */
export function agedFrom(state: ProjectionState, by: AgeBy): number {
  return by === 'contact' ? state.contactMs : state.blockTime * 1000;
}

function predicateOf(input: DecideInput, state: ProjectionState, now: { lo: number; hi: number }): Predicate {
  return {
    tenant: input.asker.tenant,
    actors: actorsOf(input.asker),
    purpose: input.asker.purpose,
    action: actionOf(input.interaction.kind),
    scopes: input.scopes,
    asOf: state.at,
    now: { lo: now.lo, hi: now.hi },
    directory: input.own === undefined && input.scopes.some((term) => DIRECTORY_TYPES.includes(term.type)),
    ...(input.own === undefined
      ? {}
      : { own: ownAccess({ ...input.own, ...input.asker, position: state.at.position }) }),
  };
}

/** What the rules must permit for an interaction. */
export function actionOf(kind: InteractionKind): ConsentAction {
  switch (kind) {
    case 'capabilities':
    case 'read':
    case 'vread':
    case 'history-instance':
    case 'search-type':
      return 'access';
    case 'create':
      return 'collect';
    case 'update':
    case 'patch':
    case 'delete':
      return 'correct';
    default:
      return kind satisfies never;
  }
}

function permit(input: DecideInput, predicate: Predicate, basis: readonly Basis[]): Decision {
  const expiresMs = Math.min(input.asker.expiresMs, input.times.clockMs + PERMIT_LIFETIME_MS);
  return { kind: 'permit', permit: ServePermit.make({ predicate, basis, obligations: [NOTICE], expiresMs }) };
}

function refusal(code: 'scope-insufficient' | 'consent-stale' | 'consent-denied'): Decision {
  return { kind: 'refusal', code, basis: [] };
}
