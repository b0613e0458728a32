import type { ClientBase } from 'pg';
import { insertRows, type Table } from '../insert-rows.js';
import type { RuleRow } from '../projection/rule-row.js';

/** Stands for every actor in `consent_rule_actor`. */
export const ANYONE = '*';

const RULE_ACTORS: Table<{ tenant: string; actor: string; person: string; consent: string }> = {
  name: 'consent_rule_actor',
  columns: { tenant: 'text', actor: 'text', person: 'uuid', consent: 'text' },
  conflict: 'on conflict do nothing',
};

/** Writes the rows by which a query over many people finds who permits an actor anything. One too many does no harm. */
export async function insertRuleActors(client: ClientBase, rules: readonly RuleRow[]): Promise<void> {
  await insertRows(client, RULE_ACTORS, rules.flatMap(actorRows));
}

function actorRows({ tenant, actors, person, consent, effect }: RuleRow) {
  const permitted = effect === 'permit' ? (actors ?? [ANYONE]) : [];
  return permitted.map((actor) => ({ tenant, actor, person, consent }));
}
