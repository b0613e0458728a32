import { z } from 'zod';
import { ALWAYS, rulesOf, type Terms, windowOf } from '#consent';
import { HEX } from '../../column-shapes.js';
import type { FilingRow } from '../../projection/filing-row.js';
import { viewOf } from '../../projection/restand.js';
import type { RuleRow } from '../../projection/rule-row.js';
import { standingOf } from '../../projection/standing.js';
import { missing, type RowFinding } from './finding.js';
import type { GuardedRows } from './guarded-tables.js';

const Bits = z.string().transform(BigInt);
const TermsText: z.ZodType<Terms> = z.object({
  vocabulary: HEX,
  grantee: HEX,
  classes: Bits,
  purposes: Bits,
  consentHash: HEX,
  salt: HEX,
});

/**
 * Filed Consents against their bindings and rules, rules against words and latches.
 * @param confirmed newest block that the projection holds for final
 */
export function auditFilings(rows: GuardedRows, confirmed: bigint): readonly RowFinding[] {
  const rules = Map.groupBy(rows.rules, ({ consent }) => consent);
  const open = rows.links.filter(({ until_time: until }) => until === null);
  const persons = new Map(open.map(({ patient, person }) => [patient, person]));
  const filings = rows.filings.flatMap((filing) => {
    const own = rules.get(filing.consent) ?? [];
    return [
      ...unboundFiling(filing, rows),
      ...leftBehind(own, persons.get(filing.patient)),
      ...missingRules(filing, own),
      ...wrongStanding(filing, own, viewOf(filing, rows, confirmed)),
    ];
  });
  return [...unfiledRules(rows), ...filings];
}

function unfiledRules({ rules, filings }: GuardedRows): readonly RowFinding[] {
  const filed = new Set(filings.map(({ consent }) => consent));
  const unfiled = rules.map(({ consent }) => consent).filter((consent) => !filed.has(consent));
  return [...new Set(unfiled)].map((consent) => missing('consent_filing', consent));
}

function unboundFiling({ binding }: FilingRow, { bindings }: GuardedRows): readonly RowFinding[] {
  return bindings.some((row) => row.record_id === binding) ? [] : [missing('binding', binding)];
}

/** Rules bind the person of the patient whom the Consent names: none may be set back to one that she left. */
function leftBehind(rules: readonly RuleRow[], person: string | undefined): readonly RowFinding[] {
  return rules
    .filter((rule) => person !== undefined && rule.person !== person)
    .map(({ consent, ordinal }) => ({
      kind: 'row-rolled-back',
      table: 'consent_rule',
      key: `${consent}/${ordinal}`,
    }));
}

/** Rules follow from the signed bytes and the terms: none may be missing. */
function missingRules(filing: FilingRow, rules: readonly RuleRow[]): readonly RowFinding[] {
  const terms = TermsText.safeParse(JSON.parse(filing.terms));
  if (!terms.success) return [{ kind: 'row-altered', table: 'consent_filing', key: filing.consent }];
  const present = new Set(rules.map(({ ordinal }) => ordinal));
  return rulesOf({ ...filing, terms: terms.data }, ALWAYS)
    .filter(({ ordinal }) => !present.has(ordinal))
    .map(({ ordinal }) => missing('consent_rule', `${filing.consent}/${ordinal}`));
}

/** A rule's standing follows from word, head and latches: where it does not, one of them was taken away or set back. */
function wrongStanding(
  filing: FilingRow,
  rules: readonly RuleRow[],
  view: ReturnType<typeof viewOf>,
): readonly RowFinding[] {
  const { counts, ended } = standingOf(filing, view, windowOf);
  return rules.flatMap((rule): RowFinding[] => {
    const key = `${rule.consent}/${rule.ordinal}`;
    const held = rule.from_position !== null;
    const over = rule.until_position !== null;
    if (over && !ended) return [missing('latch', `${filing.subject}/${filing.grant_id}`)];
    if (ended && !over) return [{ kind: 'row-rolled-back', table: 'consent_rule', key }];
    if (held && !over && !counts) return [missing('grant_word', `${filing.subject}/${filing.grant_id}`)];
    return [];
  });
}
