import { canonicalize, type JsonObject } from '#digest';
import {
  DIALECTS,
  resourceIdOf,
  type NormaliseContext,
  type NormaliseIssue,
  type NormalisedResource,
} from '#normalize';
import type { DeliveredResource, Delivery } from './intake-sink.js';
import type { PullResult, SourcePayload } from './source.js';

/** What was asked for when the pull began. */
export interface Asked {
  /** The patient's id at the source; `undefined` for the directory. */
  readonly patient: string | undefined;
  readonly types: readonly string[];
  readonly atMs: number;
}

/** A delivery and what the normaliser remarked. */
export interface Prepared {
  readonly delivery: Delivery;
  readonly issues: readonly NormaliseIssue[];
}

/**
 * Turns a pull into a delivery. Pure.
 *
 * A type loses its completeness where one of its payloads held something that was not taken over, or where two pages
 * disagree about a resource: nothing is deleted on the word of a set that is in doubt.
 */
export function deliveryOf(result: PullResult, asked: Asked, context: NormaliseContext): Prepared {
  const doubtful = new Set<string>();
  const issues: NormaliseIssue[] = [];
  const taken = new Map<string, NormalisedResource>();
  for (const payload of result.payloads) {
    const normalised = DIALECTS[payload.dialect](payload.bytes, context);
    issues.push(...normalised.issues);
    if (normalised.issues.some((issue) => issue.severity === 'error' || issue.code === 'conflict')) {
      doubtful.add(payload.type);
    }
    for (const one of normalised.resources) {
      const before = taken.get(one.id);
      if (before !== undefined && !sameContent(before.resource, one.resource)) {
        issues.push(conflict(payload, one));
        doubtful.add(payload.type);
      }
      taken.set(one.id, one);
    }
  }
  const delivery = {
    source: context.source,
    patient: patientOf(asked.patient, context.source),
    resources: [...taken.values()].map((one) => delivered(one)),
    completeTypes: result.complete.filter((type) => !doubtful.has(type)),
    pulledTypes: asked.types,
    atMs: asked.atMs,
  };
  return { delivery, issues };
}

function sameContent(a: JsonObject, b: JsonObject): boolean {
  return canonicalize(a) === canonicalize(b);
}

function conflict(payload: SourcePayload, { type }: NormalisedResource): NormaliseIssue {
  return { severity: 'warning', code: 'conflict', type, expression: payload.type };
}

function delivered({ key: _key, ...rest }: NormalisedResource): DeliveredResource {
  return rest;
}

function patientOf(sourceId: string | undefined, source: string): Delivery['patient'] {
  return sourceId === undefined ? undefined : { sourceId, id: resourceIdOf(source, 'Patient', sourceId) };
}
