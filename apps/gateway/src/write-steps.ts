import type { WriteInteraction } from '#fhir';
import type { Decided, Found, Guarded, Recognised, Refreshed } from './exchange.js';
import { Line } from './line.js';
import { admit } from './steps/admit.js';
import { decide } from './steps/decide.js';
import { guard } from './steps/guard.js';
import { identify } from './steps/identify.js';
import { judgeWritten } from './steps/judge-written.js';
import { keyed } from './steps/keyed.js';
import { queryTarget } from './steps/query-target.js';
import { receive } from './steps/receive.js';
import { revise } from './steps/revise.js';
import { scope } from './steps/scope.js';
import { store } from './steps/store.js';
import { subjectWritten } from './steps/subject-written.js';
import { validate } from './steps/validate.js';
import { whose } from './steps/whose.js';
import type { Keyed, Received, Revised } from './writing.js';

type Kind = WriteInteraction['kind'];
type Of<K extends Kind> = Extract<WriteInteraction, { kind: K }>;

/** What every write begins with: who asks, may he, what does he send, about whom, and on which basis. */
function sent<I extends WriteInteraction>() {
  return Line.from<Recognised<I>>()
    .step(identify<I>)
    .step(admit<I>)
    .step(scope<I>)
    .step(receive<I>)
    .step(subjectWritten<I>)
    .step(decide<Received<I> & Refreshed<I>>)
    .step(keyed<Received<I> & Decided<I>>);
}

/** A write to what is there: of what is hidden it is told that there is nothing, before anything else is. */
function changed<K extends Exclude<Kind, 'create'>>() {
  return sent<Of<K>>()
    .step(queryTarget<Received<Of<K>> & Decided<Of<K>> & Keyed>)
    .step(guard<Received<Of<K>> & Found<Of<K>> & Keyed>)
    .step(whose<Received<Of<K>> & Guarded<Of<K>> & Keyed>)
    .step(revise)
    .step(validate<Revised>)
    .step(judgeWritten)
    .step(store);
}

/** The steps of each write, in order: a part of `STEPS`. */
export const WRITES = {
  create: sent<Of<'create'>>()
    .step(whose<Received<Of<'create'>> & Decided<Of<'create'>> & Keyed>)
    .step(revise)
    .step(validate<Revised>)
    .step(judgeWritten)
    .step(store),
  update: changed<'update'>(),
  patch: changed<'patch'>(),
  delete: changed<'delete'>(),
} as const;
