import type { ClientBase } from 'pg';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { RowChange, RulesSeen } from '../change.js';
import { RefusedRecords } from '../refused-records.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { isKind } from './is-kind.js';

/** Details of the refusal of what was judged by rules that changed since. */
export const RULES_CHANGED = 'rules';

const VERSIONS = z.array(z.object({ person: z.string(), version: z.bigint() }));

/** Tells whoever holds rule sets of these persons that they changed. Sorted, so that two writers cannot wait in a ring. */
export async function bumpPersons(
  client: ClientBase,
  context: ApplyContext,
  persons: readonly string[],
): Promise<void> {
  if (persons.length === 0) {
    return;
  }
  await client.query({
    name: 'bump persons',
    text: `insert into person_version (tenant, person, version)
           select $1, u, 1 from unnest($2::uuid[]) u order by u
           on conflict (tenant, person) do update set version = person_version.version + 1`,
    values: [context.tenant, [...new Set(persons)]],
  });
}

/**
 * Refuses writes that were judged by rules of persons whom something before them in the same batch changed: in the log the
 * revocation would stand before what it forbids. Which of the changes before it was hers is not asked: it is judged anew.
 * @param changed persons whose rules the batch changes
 * @throws RefusedRecords
 */
export function checkOrderOfRules(changes: readonly Recorded<RowChange>[], changed: readonly string[]): void {
  const first = changes.findIndex(isKind('link', 'unlink', 'binding', 'filing', 'latch'));
  const persons = new Set(changed);
  const refused = changes
    .slice(first + 1)
    .filter(isKind('rules-seen'))
    .filter((seen) => seen.persons.some(({ person }) => persons.has(person)));
  if (refused.length === 0) return;
  throw new RefusedRecords(new Set(refused.map(({ recordId }) => recordId)), RULES_CHANGED);
}

/**
 * Refuses writes that were judged by rules that are not in force any more. Their persons are locked until the transaction
 * ends: who revokes meanwhile waits for it, and the record of his revocation comes after the write's.
 * @throws `version-conflict`
 */
export async function checkRules(
  client: ClientBase,
  { tenant }: ApplyContext,
  changes: readonly RulesSeen[],
): Promise<void> {
  const seen = changes.flatMap(({ persons }) => persons);
  if (seen.length === 0) {
    return;
  }
  const { rows } = await client.query({
    name: 'rules of persons',
    text: `select person, version from person_version
           where tenant = $1 and person = any($2::uuid[]) order by person for share`,
    values: [tenant, seen.map(({ person }) => person)],
  });
  const versions = new Map(VERSIONS.parse(rows).map(({ person, version }) => [person, version]));
  if (seen.some(({ person, version }) => (versions.get(person) ?? 0n) !== version)) {
    throw new GatewayError('version-conflict', { details: RULES_CHANGED });
  }
}
