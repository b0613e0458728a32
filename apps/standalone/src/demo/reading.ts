import { z } from 'zod';
import { expectThat } from './world.js';

const outcomeSchema = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z.array(z.object({ details: z.object({ coding: z.array(z.object({ code: z.string() })) }) })).min(1),
});
const resourceSchema = z.looseObject({
  resourceType: z.string(),
  id: z.string().optional(),
  meta: z.object({ source: z.string(), versionId: z.string() }).optional(),
});
const bundleSchema = z.object({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.object({ resource: resourceSchema })).default([]),
});
const warningsSchema = z.object({
  issue: z.array(z.object({ severity: z.string(), details: z.object({ text: z.string() }) })),
});
const measuredSchema = z.object({
  status: z.string(),
  code: z.object({ coding: z.array(z.object({ system: z.string().optional(), code: z.string() })) }),
  valueQuantity: z.object({ value: z.number() }),
});

/** A version of a resource, as the story looks at it. */
export interface Version {
  readonly id: string;
  readonly meta: { readonly source: string; readonly versionId: string };
  readonly resource: unknown;
}

/** The error code of an OperationOutcome. */
export function outcomeCode(body: unknown): string | undefined {
  const parsed = outcomeSchema.safeParse(body);
  return parsed.success ? parsed.data.issue[0]?.details.coding[0]?.code : undefined;
}

/** The resources of a searchset or a history that have an id; its notices have none. */
export function entriesOf(body: unknown): readonly Version[] {
  return bundleSchema.parse(body).entry.flatMap(({ resource }) => {
    const { id, meta } = resource;
    return id === undefined || meta === undefined ? [] : [{ id, meta, resource }];
  });
}

/** Texts of the warnings in a searchset: sources that could not be asked. */
export function warningsOf(body: unknown): readonly string[] {
  return bundleSchema.parse(body).entry.flatMap(({ resource }) => {
    const outcome = resource.resourceType === 'OperationOutcome' ? warningsSchema.parse(resource).issue : [];
    return outcome.flatMap(({ severity, details }) => (severity === 'warning' ? [details.text] : []));
  });
}

/** What was measured: `undefined` where a resource is no Observation with a quantity. */
export function measuredOf(resource: unknown) {
  const measured = measuredSchema.safeParse(resource).data;
  if (measured === undefined) return undefined;
  const { status, code, valueQuantity } = measured;
  return { status, value: valueQuantity.value, codes: code.coding.map((coding) => coding.code) };
}

/** The log index in a `Provenance-Receipt` header. */
export function receiptIndex(header: string | null): string {
  const index = /;index=(\d+)/.exec(header ?? '')?.[1];
  expectThat(index !== undefined, `no receipt in the answer (${String(header)})`);
  return index;
}
