import { z } from 'zod';
import { expectThat } from './world.js';

const outcomeSchema = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z.array(z.object({ details: z.object({ coding: z.array(z.object({ code: z.string() })) }) })).min(1),
});
const bundleSchema = z.object({
  resourceType: z.literal('Bundle'),
  entry: z
    .array(
      z.object({
        resource: z.looseObject({
          resourceType: z.string(),
          id: z.string().optional(),
          meta: z.object({ source: z.string() }).optional(),
        }),
      }),
    )
    .default([]),
});

/** The error code of an OperationOutcome. */
export function outcomeCode(body: unknown): string | undefined {
  const parsed = outcomeSchema.safeParse(body);
  return parsed.success ? parsed.data.issue[0]?.details.coding[0]?.code : undefined;
}

/** The matches of a searchset. */
export function entriesOf(
  body: unknown,
): readonly { readonly id: string; readonly meta: { readonly source: string } }[] {
  return bundleSchema
    .parse(body)
    .entry.flatMap(({ resource: { id, meta } }) =>
      id === undefined || meta === undefined ? [] : [{ id, meta }],
    );
}

/** The log index in a `Provenance-Receipt` header. */
export function receiptIndex(header: string | null): string {
  const index = /;index=(\d+)/.exec(header ?? '')?.[1];
  expectThat(index !== undefined, `no receipt in the answer (${String(header)})`);
  return index;
}
