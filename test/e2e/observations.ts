import { z } from 'zod';
import { resourcesOf } from './answers.js';

const observationSchema = z.looseObject({
  resourceType: z.literal('Observation'),
  id: z.string(),
  meta: z.object({ source: z.string(), versionId: z.string() }),
  status: z.string(),
  code: z.object({
    coding: z.array(z.object({ system: z.string().optional(), code: z.string().optional() })),
  }),
  effectiveDateTime: z.string().optional(),
  valueQuantity: z.object({ value: z.number(), unit: z.string().optional() }).optional(),
});
const provenanceSchema = z.looseObject({
  resourceType: z.literal('Provenance'),
  target: z.array(z.object({ reference: z.string() })),
  entity: z.array(
    z.object({
      role: z.string(),
      what: z.object({ identifier: z.object({ system: z.string(), value: z.string() }) }),
    }),
  ),
});

/** An Observation of an answer. */
export type ServedObservation = z.infer<typeof observationSchema>;
/** A Provenance of an answer. */
export type ServedProvenance = z.infer<typeof provenanceSchema>;

/** The Observations of a Bundle. */
export function observationsOf(answer: { readonly text: string }): readonly ServedObservation[] {
  return resourcesOf(answer).flatMap((each) => observationSchema.safeParse(each).data ?? []);
}

/** The Provenance resources of a Bundle. */
export function provenanceOf(answer: { readonly text: string }): readonly ServedProvenance[] {
  return resourcesOf(answer).flatMap((each) => provenanceSchema.safeParse(each).data ?? []);
}

/** Those of a source. */
export function fromSource(source: string, observations: readonly ServedObservation[]) {
  return observations.filter(({ meta }) => meta.source === `urn:proviso:source:${source}`);
}

/** The one with a code. */
export function withCode(code: string, observations: readonly ServedObservation[]) {
  return observations.find((each) => each.code.coding.some((coding) => coding.code === code));
}
