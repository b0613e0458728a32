import type { JsonObject } from '#digest';
import type { IssueCode, NormaliseIssue } from '#normalize';

/** Issue types of FHIR for our codes. @see https://hl7.org/fhir/R4/valueset-issue-type.html */
const ISSUE_TYPES: Readonly<Record<IssueCode, string>> = {
  malformed: 'structure',
  'not-a-resource': 'structure',
  'no-id': 'required',
  invalid: 'invariant',
  tolerated: 'invariant',
  conflict: 'conflict',
  repeated: 'duplicate',
  outcome: 'informational',
  'modifier-extension': 'extension',
  'implicit-rules': 'extension',
  'foreign-reference': 'informational',
  'dangling-reference': 'not-found',
  'versioned-reference': 'informational',
  'zone-assumed': 'informational',
  'zone-ambiguous': 'value',
  'zone-unknown': 'value',
  charset: 'value',
  structure: 'structure',
  unmapped: 'not-supported',
  'unmapped-code': 'code-invalid',
  'not-cleared': 'not-supported',
  'more-issues': 'too-long',
  'invalid-value': 'value',
  unsupported: 'not-supported',
  late: 'conflict',
};

/** A remark as an entry of OperationOutcome.issue: severity, code and place, never a value. */
export function outcomeIssue({ severity, code, expression, fault }: NormaliseIssue): JsonObject {
  const broken = fault === undefined ? {} : { coding: [{ system: 'urn:proviso:rule', code: fault }] };
  return {
    severity,
    code: ISSUE_TYPES[code],
    details: { ...broken, text: code },
    ...(expression === '' ? {} : { expression: [expression] }),
  };
}
