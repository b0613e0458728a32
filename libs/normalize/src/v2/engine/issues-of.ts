import type { NormaliseIssue } from '../../normalised.js';
import { V2_LIMITS } from '../message/limits.js';
import type { Conversion } from './conversion.js';
import type { Grouped } from './group-segments.js';

/** All that there is to say of a conversion, so much of it as is listed. */
export function issuesOf(
  { message, issues }: Conversion,
  grouped: Grouped,
  finished: readonly NormaliseIssue[],
): readonly NormaliseIssue[] {
  return limited([
    ...message.issues,
    ...structureIssues(grouped),
    ...issues,
    ...finished,
    ...message.unread().map(unmapped),
  ]);
}

/** What an inbox row has room for; what was not taken over is told first. */
function limited(issues: readonly NormaliseIssue[]): readonly NormaliseIssue[] {
  if (issues.length <= V2_LIMITS.remarks) return issues;
  const errors = issues.filter(({ severity }) => severity === 'error');
  const others = issues.filter(({ severity }) => severity !== 'error');
  const listed = [...errors, ...others].slice(0, V2_LIMITS.remarks - 1);
  return [...listed, { severity: 'warning', code: 'more-issues', type: undefined, expression: 'MSH' }];
}

function structureIssues({ moved }: Grouped): readonly NormaliseIssue[] {
  return moved.map(({ name, ordinal }) => ({
    severity: 'information',
    code: 'structure',
    type: undefined,
    expression: ordinal === 1 ? name : `${name}(${ordinal})`,
  }));
}

function unmapped(expression: string): NormaliseIssue {
  return { severity: 'information', code: 'unmapped', type: undefined, expression };
}
