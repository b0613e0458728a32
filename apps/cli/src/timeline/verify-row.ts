import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '#outcome';
import {
  parseBundle,
  parseTlogProof,
  readAccess,
  verifyBundle,
  type Policy,
  type Verdict,
} from '#provenance';
import type { TimelineRow } from './timeline-page.js';

/** What a row comes to: the verdict of its receipt, or why it is none. */
export interface RowVerdict {
  readonly kind: Verdict['kind'];
  /** Names of the checks that failed. */
  readonly failed: readonly string[];
}

/**
 * Checks a row by its own receipt and the policy: the receipt verifies, it is under the checkpoint of the page, and it says
 * what the row shows. Asks nobody.
 */
export function verifyRow(row: TimelineRow, checkpoint: string, policy: Policy): RowVerdict {
  if ('altered' in row) return { kind: 'invalid', failed: ['record'] };
  try {
    const bundle = parseBundle(JSON.stringify(row.receipt));
    const { kind, checks } = verifyBundle(bundle, policy);
    const said: unknown = JSON.parse(JSON.stringify(readAccess(bundle)));
    const failed = [
      ...checks.filter(({ state }) => state === 'failed').map(({ name }) => name),
      ...(isDeepStrictEqual(said, row.access) ? [] : ['row']),
      ...(parseTlogProof(bundle.tlogProof).checkpoint === checkpoint ? [] : ['page-checkpoint']),
    ];
    return { kind: failed.length === 0 ? kind : 'invalid', failed };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { kind: 'invalid', failed: ['receipt'] };
  }
}
