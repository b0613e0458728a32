import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { applyApart } from './apart.js';
import { applyLinks } from './links.js';
import { checkSeen } from './seen.js';

/**
 * Tells Patients apart, links and ends links, unless what they were judged by has changed.
 * @param others patients whose links the transaction needs later
 * @returns the persons whose set of patients or rules changed.
 * @throws `version-conflict` as `checkSeen` and `applyLinks` do
 */
export async function applyIdentities(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Extract<RowChange, { kind: 'seen' | 'link' | 'unlink' | 'apart' }>>[],
  others: readonly { readonly patient: string }[],
): Promise<readonly string[]> {
  await checkSeen(
    client,
    context,
    changes.filter((change) => change.kind === 'seen'),
  );
  await applyApart(
    client,
    context,
    changes.filter((change) => change.kind === 'apart'),
  );
  return applyLinks(
    client,
    context,
    changes.filter((change) => change.kind === 'link' || change.kind === 'unlink'),
    others,
  );
}
