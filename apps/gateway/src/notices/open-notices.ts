import type { PolicyBasis } from '#consent';
import {
  actorOf,
  identified,
  opOf,
  requestOf,
  sealAnswer,
  sealRefusal,
  type Incoming,
  type SealedAnswer,
  type Served,
  type ServedStream,
} from '#http';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { Principal } from '#smart';
import type { AccessPlace } from '#store';
import type { Parts } from '../parts.js';
import { decided, trailSubject } from '../trail/serve-trail.js';

const INTERACTION = 'notices';
const BEFORE_ALL: AccessPlace = { index: -1n, position: 0 };
const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };

/** The person who watches, for whom her own client speaks. */
interface Watcher {
  readonly principal: Principal;
  readonly patient: string;
  readonly person: string;
  readonly basis: PolicyBasis;
}

/**
 * Opens a stream of notices for a patient's own client: who, may she, is there room, seal. Each notice is of an access whose
 * record was sealed before, so that no byte leaves that the log does not know of. Throws `seal-unavailable` alone.
 */
export async function openNotices(
  request: Incoming,
  lastEventId: string | undefined,
  parts: Parts,
): Promise<Served | ServedStream> {
  const principal = await identified(request, parts);
  const stop = (error: unknown) =>
    sealRefusal(request, principal, { error, interaction: INTERACTION, named: [] }, parts);
  if (principal instanceof GatewayError) return stop(principal);
  try {
    const watcher = await watcherOf(principal, parts);
    const after = await placeAfter(lastEventId, watcher, parts);
    return await opened(request, watcher, after, parts);
  } catch (error) {
    return await stop(error);
  }
}

/** The stream has its room before the seal, and no reader before it. */
async function opened(
  request: Incoming,
  watcher: Watcher,
  after: AccessPlace,
  parts: Parts,
): Promise<ServedStream> {
  const { principal, person } = watcher;
  const { client } = principal;
  const mayGoOn = () => isStill(watcher, request.authorization, parts);
  const stream = parts.notices.open({ client, person, after, mayGoOn });
  try {
    return { kind: 'stream', opening: await sealOpening(request, watcher, parts), stream };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** @throws GatewayError `scope-insufficient` for whoever has no trail of her own */
async function watcherOf(principal: Principal, parts: Parts): Promise<Watcher> {
  const decision = await decided({ kind: 'search-type' }, principal, [], parts);
  if (decision.kind !== 'own' || principal.patient === undefined) {
    throw new GatewayError('scope-insufficient');
  }
  const { person, basis } = decision;
  return { principal, patient: principal.patient, person, basis };
}

/** After the notice that was the last; where none is named, or it is not hers, after all that there is. */
async function placeAfter(
  lastEventId: string | undefined,
  { person }: Watcher,
  { accesses }: Parts,
): Promise<AccessPlace> {
  const last = lastEventId === undefined ? undefined : await accesses.ofEvent(lastEventId);
  if (last?.person === person) return last;
  const { entries } = await accesses.page({ persons: [person], limit: 1 });
  return entries[0] ?? BEFORE_ALL;
}

async function sealOpening(
  request: Incoming,
  { principal, patient, person, basis }: Watcher,
  parts: Parts,
): Promise<SealedAnswer> {
  const answer = { status: 200, headers: HEADERS, body: new Uint8Array() };
  const record = {
    class: ENTRY_CLASS.access,
    op: { ...opOf(INTERACTION, parts), outcome: 'permit', status: 200, block: null },
    actor: actorOf(principal),
    request: requestOf(request),
    subjects: [trailSubject({ person, patient }, basis, undefined)],
  };
  return sealAnswer({ answer, record }, parts);
}

/** Whether the token is good, and the Patient still hers: one that became somebody else's ends the stream. */
async function isStill(
  { patient, person }: Watcher,
  authorization: string | undefined,
  parts: Parts,
): Promise<boolean> {
  try {
    await parts.authenticate(authorization);
  } catch (error) {
    if (error instanceof GatewayError && error.status === 401) return false;
    throw error;
  }
  const persons = await parts.rules.personsOf([patient]);
  return persons.get(patient) === person;
}
