import { gives } from '#consent';
import { OWN_SOURCE_PREFIX, type Principal } from '#smart';
import type { Stored } from '#store';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { beforeOf, type Owned, type Permitted, type Whose } from '../writing.js';
import { typeOf } from './scope.js';

type Taken = Pick<Owned, 'source' | 'isVendors'>;

/**
 * Who takes the write. A client changes what its own source brought, and what a vendor owns that takes writes: another's record is
 * changed where it is kept, or here and there would tell two things. What a client without a source of its own creates goes to
 * the vendor of the patient. Comes after what is hidden was told to be absent.
 */
export async function whose<State extends Permitted>(
  state: State,
  parts: Pick<Parts, 'writes' | 'rules'>,
): Promise<Advance<State & Taken>> {
  const before = beforeOf(state);
  const taker = before === undefined ? await makerOf(state, parts) : whoseIs(before, state.principal);
  switch (taker.kind) {
    case 'own':
      return go({ ...state, source: taker.source, isVendors: false });
    case 'vendor': {
      const { source } = taker;
      if (!parts.writes.takes(source, typeOf(state.interaction), state.interaction.kind))
        return refused(state);
      return go({ ...state, source, isVendors: true });
    }
    case 'nobody':
      return refused(state);
    case 'denied':
      return { kind: 'refuse', code: 'consent-denied', at: state };
    default:
      return taker satisfies never;
  }
}

function refused<State extends Permitted>(state: State): Advance<State & Taken> {
  return { kind: 'refuse', code: 'not-owner', at: state };
}

/** Whose a new resource becomes. Whose patient somebody is, is not told to whom she permits nothing. */
async function makerOf(
  state: Permitted,
  parts: Pick<Parts, 'writes' | 'rules'>,
): Promise<Whose | { readonly kind: 'denied' }> {
  const own = whoseIs(undefined, state.principal);
  const [named, ...others] = state.named;
  if (own.kind !== 'nobody' || named === undefined || others.length > 0) return own;
  const type = typeOf(state.interaction);
  const [rules] = named.person === undefined ? [] : await parts.rules.ruleSets([named.person]);
  if (gives(rules, [type], state.permit.predicate).length === 0) return { kind: 'denied' };
  const source = await parts.writes.takerOf(named.patient, type);
  return source === undefined ? own : { kind: 'vendor', source };
}

/** Whose a resource is, or whose it would become. */
export function whoseIs(
  before: Pick<Stored, 'facts'> | undefined,
  { source }: Pick<Principal, 'source'>,
): Whose {
  const owner = before === undefined ? source : before.facts.source;
  if (owner === undefined) return { kind: 'nobody' };
  if (owner === source) return { kind: 'own', source };
  return owner.startsWith(OWN_SOURCE_PREFIX) ? { kind: 'nobody' } : { kind: 'vendor', source: owner };
}
