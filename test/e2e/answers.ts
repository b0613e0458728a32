import { z } from 'zod';

const outcomeSchema = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.object({
        severity: z.string(),
        details: z.object({ coding: z.array(z.object({ code: z.string() })).optional(), text: z.string() }),
      }),
    )
    .min(1),
});
const bundleSchema = z.object({
  resourceType: z.literal('Bundle'),
  entry: z
    .array(
      z.object({
        resource: z.looseObject({ resourceType: z.string(), id: z.string().optional() }),
        search: z.object({ mode: z.string() }).optional(),
      }),
    )
    .default([]),
});

/** Where the record of an answer is, as its `Provenance-Receipt` header says. */
export interface Receipt {
  readonly origin: string;
  readonly index: bigint;
  readonly leaf: string;
  readonly size: bigint;
}

/** The receipt of an answer; `undefined` where it has none. */
export function receiptOf({ headers }: { readonly headers: Headers }): Receipt | undefined {
  const found = /^(\S+);index=(\d+);leaf=([0-9a-f]{64});size=(\d+)$/.exec(
    headers.get('provenance-receipt') ?? '',
  );
  const [, origin = '', index = '', leaf = '', size = ''] = found ?? [];
  return found === null ? undefined : { origin, index: BigInt(index), leaf, size: BigInt(size) };
}

/** The receipt of an answer that must have one. */
export function mustReceipt(answer: { readonly headers: Headers; readonly status: number }): Receipt {
  const receipt = receiptOf(answer);
  if (receipt === undefined) throw new Error(`The answer ${answer.status} has no receipt.`);
  return receipt;
}

/** An answer that serves; anything else is thrown with what it says, so that `until` tells it. */
export function mustServe<T extends { readonly status: number; readonly text: string }>(answer: T): T {
  if (answer.status === 200) return answer;
  throw new Error(`${answer.status} ${answer.text}`);
}

/** The error code of an OperationOutcome; `undefined` for anything else. */
export function codeOf({ text }: { readonly text: string }): string | undefined {
  const outcome = outcomeSchema.safeParse(jsonOf(text));
  return outcome.data?.issue[0]?.details.coding?.[0]?.code;
}

/** Texts of the warnings in a Bundle's own OperationOutcome. */
export function warningsOf(answer: { readonly text: string }): readonly string[] {
  return resourcesOf(answer).flatMap((resource) => {
    const outcome = outcomeSchema.safeParse(resource);
    return (outcome.data?.issue ?? []).flatMap(({ severity, details }) =>
      severity === 'warning' ? [details.text] : [],
    );
  });
}

/** The resources of a Bundle, its own OperationOutcome included. */
export function resourcesOf(answer: { readonly text: string }) {
  return bundleSchema.parse(jsonOf(answer.text)).entry.map(({ resource }) => resource);
}

/** The matches of a Bundle: their ids, in order. */
export function matchesOf(answer: { readonly text: string }): readonly string[] {
  return bundleSchema
    .parse(jsonOf(answer.text))
    .entry.flatMap(({ resource, search }) => (search?.mode === 'match' ? [resource.id ?? ''] : []));
}

/** The value of JSON text; `undefined` where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
