import { GatewayError } from '#outcome';
import { knownError } from './known-error.js';
import type { PipelineParts } from './pipeline-parts.js';

/** Tells operators of what is nobody's mistake but ours, or somebody's with the database. Of the rest a client is told. */
export function reportFailure(
  error: unknown,
  requestId: string,
  parts: Pick<PipelineParts<never>, 'incident' | 'storageFault'>,
): void {
  const { code } = knownError(error, parts);
  if (code !== 'internal' && code !== 'integrity-failure') return;
  parts.incident(code, { requestId, cause: error instanceof GatewayError ? error.message : nameOf(error) });
}

/** What kind of error it was; its text may quote what was being worked on. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
