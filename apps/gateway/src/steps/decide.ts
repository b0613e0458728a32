import { decide as decideAccess, type Decision, type RuleSet, timeBounds, type Times } from '#consent';
import type { DecidedOn, Refreshed, Subjected } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { typeOf } from './scope.js';

/** Rules, scopes, purpose and time give a permit with its predicate, or a refusal. */
export async function decide<State extends Refreshed>(
  state: State,
  parts: Parts,
): Promise<Advance<State & DecidedOn>> {
  const decision = await decisionOf(state, parts);
  if (decision.kind === 'refusal') return { kind: 'refuse', code: decision.code, at: state };
  return go({ ...state, permit: decision.permit, now: decision.permit.predicate.now });
}

/** The decision on what is known now. `refresh` takes a first look with it. */
export async function decisionOf(state: Subjected, parts: Parts): Promise<Decision> {
  const projection = await parts.projection();
  const times: Times = {
    clockMs: parts.clock(),
    blockTimeS: projection?.blockTime,
    lastSealedMs: parts.lastSealedMs(),
    blockLagMs: parts.limits.blockLagMs,
  };
  const { alarm } = timeBounds(times);
  if (alarm) parts.incident('clock-apart', { requestId: state.request.requestId });
  return decideAccess({
    asker: state.principal,
    interaction: {
      kind: state.interaction.kind,
      types: [typeOf(state.interaction)],
      patients: state.named.map(({ patient }) => patient),
    },
    scopes: state.terms,
    ruleSets: ruleSetsByPatient(state),
    ...(state.own === undefined ? {} : { own: state.own }),
    chain: { state: projection, ageBy: parts.limits.ageBy, staleMs: parts.limits.stalenessMs },
    times,
  });
}

function ruleSetsByPatient(state: Subjected): ReadonlyMap<string, RuleSet | undefined> {
  const byPerson = new Map(state.ruleSets.map((set) => [set.person, set]));
  return new Map(
    state.named.map(({ patient, person }) => [
      patient,
      person === undefined ? undefined : byPerson.get(person),
    ]),
  );
}
