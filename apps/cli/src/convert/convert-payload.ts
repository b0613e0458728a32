import type { JsonObject } from '#digest';
import { validateResource } from '#fhir';
import {
  DIALECTS,
  normaliseV2,
  splitBatch,
  type NormaliseIssue,
  type SenderProfile,
  type V2Normalised,
} from '#normalize';
import { collectionBundle } from './collection-bundle.js';
import { detectFormat, type Format } from './detect-format.js';
import { outcomeIssue } from './issue-types.js';

/** What became of a payload. `why` is one line, without a value of the payload. */
export type Conversion =
  | { readonly kind: 'converted'; readonly bundle: JsonObject; readonly issues: readonly JsonObject[] }
  | { readonly kind: 'not-convertible'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/** How payloads are read. */
export interface ConvertOptions {
  /** `undefined`: by the content. */
  readonly format: Format | undefined;
  readonly sender: SenderProfile;
}

/** Converts a payload to FHIR R4; several messages become one Bundle. */
export function convertPayload(bytes: Uint8Array, { format, sender }: ConvertOptions): Conversion {
  const found = format ?? detectFormat(bytes);
  switch (found) {
    case 'v2':
      return convertV2(bytes, sender);
    case 'fhir-r4':
      return convertR4(bytes, sender);
    case undefined:
      return { kind: 'not-convertible', why: 'its format is not known' };
    default:
      return found satisfies never;
  }
}

function convertV2(bytes: Uint8Array, sender: SenderProfile): Conversion {
  const context = { sender, validate: validateResource };
  const messages = splitBatch(bytes).map((message) => normaliseV2(message, context));
  const issues = messages.flatMap(({ issues: own }, at) =>
    messages.length === 1 ? own : own.map((issue) => placed(issue, at + 1)),
  );
  const converted = messages.filter(({ kind }) => kind === 'converted');
  if (converted.length === 0) return refused(messages, issues);
  return {
    kind: 'converted',
    bundle: collectionBundle(converted.flatMap(({ resources }) => resources)),
    issues: issues.map(outcomeIssue),
  };
}

/** In a batch a place begins with the number of its message. */
function placed(issue: NormaliseIssue, ordinal: number): NormaliseIssue {
  return { ...issue, expression: `message[${ordinal}].${issue.expression}` };
}

function refused(messages: readonly V2Normalised[], issues: readonly NormaliseIssue[]): Conversion {
  const unsupported = messages.find(({ kind }) => kind === 'unsupported');
  if (unsupported === undefined) return { kind: 'failed', why: `no HL7 v2 message${firstError(issues)}` };
  return { kind: 'not-convertible', why: `${typeName(unsupported.message)} is not converted yet` };
}

function firstError(issues: readonly NormaliseIssue[]): string {
  const error = issues.find(({ severity }) => severity === 'error');
  return error === undefined ? '' : `: ${error.code} at ${error.expression}`;
}

/** A message type as it may be shown: what stands in its place can be anything. */
function typeName(message: string | undefined): string {
  return message !== undefined && /^[A-Z0-9]{2,3}(\^[A-Z0-9]{1,3})?$/.test(message) ? message : 'its type';
}

function convertR4(bytes: Uint8Array, sender: SenderProfile): Conversion {
  const { resources, issues } = DIALECTS['fhir-r4'](bytes, {
    source: sender.id,
    baseUrl: undefined,
    zone: sender.zone ?? 'UTC',
    tolerated: [],
    validate: validateResource,
  });
  if (resources.length === 0) {
    return { kind: 'failed', why: `no resource of FHIR R4${firstError(issues)}` };
  }
  return { kind: 'converted', bundle: collectionBundle(resources), issues: issues.map(outcomeIssue) };
}
