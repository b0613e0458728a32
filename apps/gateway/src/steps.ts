import type { Interaction } from '#fhir';
import type { SealedAnswer } from '#http';
import type { DataInteraction, Found, ReadInteraction, Recognised, Refreshed } from './exchange.js';
import { Line, type Ended } from './line.js';
import type { Parts } from './parts.js';
import { admit } from './steps/admit.js';
import { audited } from './steps/audited.js';
import { decide } from './steps/decide.js';
import { guard } from './steps/guard.js';
import { identify } from './steps/identify.js';
import { queryHistory } from './steps/query-history.js';
import { queryRead } from './steps/query-read.js';
import { querySearch } from './steps/query-search.js';
import { queryVread } from './steps/query-vread.js';
import { refresh } from './steps/refresh.js';
import { render } from './steps/render.js';
import { scope } from './steps/scope.js';
import { seal } from './steps/seal.js';
import { subject } from './steps/subject.js';
import { WRITES } from './write-steps.js';

type Kind = DataInteraction['kind'];
type Of<K extends Kind> = Extract<Interaction, { kind: K }>;

/** What every question begins with: who asks, may he, about whom, is the copy fresh, and on which basis. */
function asked<I extends ReadInteraction>() {
  return Line.from<Recognised<I>>()
    .step(identify<I>)
    .step(admit<I>)
    .step(audited<I>)
    .step(scope<I>)
    .step(subject<I>)
    .step(refresh<I>)
    .step(decide<Refreshed<I>>);
}

/** The steps of each interaction, in order. A change of order shows in the golden file. */
export const STEPS = {
  read: asked<Of<'read'>>()
    .step(queryRead)
    .step(guard<Found<Of<'read'>>>)
    .step(render<Of<'read'>>)
    .step(seal),
  vread: asked<Of<'vread'>>()
    .step(queryVread)
    .step(guard<Found<Of<'vread'>>>)
    .step(render<Of<'vread'>>)
    .step(seal),
  'history-instance': asked<Of<'history-instance'>>()
    .step(queryHistory)
    .step(guard<Found<Of<'history-instance'>>>)
    .step(render<Of<'history-instance'>>)
    .step(seal),
  'search-type': asked<Of<'search-type'>>()
    .step(querySearch)
    .step(guard<Found<Of<'search-type'>>>)
    .step(render<Of<'search-type'>>)
    .step(seal),
  ...WRITES,
} as const;

/** Runs the line of an interaction. */
export function runLine({ request, interaction }: Recognised, parts: Parts): Promise<Ended<SealedAnswer>> {
  switch (interaction.kind) {
    case 'read':
      return STEPS.read.run({ request, interaction }, parts);
    case 'vread':
      return STEPS.vread.run({ request, interaction }, parts);
    case 'history-instance':
      return STEPS['history-instance'].run({ request, interaction }, parts);
    case 'search-type':
      return STEPS['search-type'].run({ request, interaction }, parts);
    case 'create':
      return STEPS.create.run({ request, interaction }, parts);
    case 'update':
      return STEPS.update.run({ request, interaction }, parts);
    case 'patch':
      return STEPS.patch.run({ request, interaction }, parts);
    case 'delete':
      return STEPS.delete.run({ request, interaction }, parts);
    default:
      return interaction satisfies never;
  }
}
