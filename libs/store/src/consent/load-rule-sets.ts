import { z } from 'zod';
import type { ConsentRules, RuleSet } from '#consent';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import { BYTES } from '../column-shapes.js';
import { checkFilingDigest, FILING_ROW, FILINGS, type FilingRow } from '../projection/filing-row.js';
import { checkRule, RULE_ROW, ruleOfRow, RULES, type RuleRow } from '../projection/rule-row.js';
import type { Queries } from '../lanes.js';

/** A filing's columns beside a rule's; its bytes stay in the database, their digest is what the MAC covers. */
const FILED = Object.keys(FILINGS.columns).map((column) => {
  const value = { bytes: 'sha256(f.bytes)', terms: 'f.terms::text' }[column] ?? `f.${column}`;
  return `${value} as filing_${column}`;
});

/** One statement, hence one snapshot: the rules are those of the version. */
const SELECT = `select u.person as of_person, coalesce(pv.version, 0) as of_version,
    ${Object.keys(RULES.columns)
      .map((column) => `r.${column}`)
      .join(', ')}, ${FILED.join(', ')}
  from unnest($2::uuid[]) as u(person)
  left join person_version pv on pv.tenant = $1 and pv.person = u.person
  left join consent_rule r on r.tenant = $1 and r.person = u.person
  left join consent_filing f on f.tenant = $1 and f.consent = r.consent
  order by r.consent, r.ordinal`;

const OF = z.object({ of_person: z.string(), of_version: z.bigint(), consent: z.string().nullable() });
const CELLS = z.array(z.record(z.string(), z.unknown()));
const PREFIX = 'filing_';

/** A rule with the Consent that it comes from. */
interface Filed {
  readonly rule: RuleRow;
  readonly filing: FilingRow;
}

/** Reads the rule sets of persons, one for each. @throws `integrity-failure` where a rule or its filing was changed. */
export async function loadRuleSets(
  queries: Queries,
  context: ApplyContext,
  persons: readonly string[],
): Promise<readonly RuleSet[]> {
  const { rows } = await queries.query({
    name: 'rule sets',
    text: SELECT,
    values: [context.tenant, persons],
  });
  const sets = new Map<string, { version: bigint; filed: Filed[] }>();
  for (const row of CELLS.parse(rows)) {
    const { of_person: person, of_version: version, consent } = OF.parse(row);
    const set = sets.get(person) ?? { version, filed: [] };
    sets.set(person, set);
    if (consent !== null) {
      set.filed.push(filedOf(context, row));
    }
  }
  return [...sets].map(([person, { version, filed }]) => ({ person, version, consents: consentsOf(filed) }));
}

function filedOf(context: ApplyContext, row: Readonly<Record<string, unknown>>): Filed {
  const rule = RULE_ROW.parse(row);
  checkRule(context.mac, rule);
  if (!BYTES.safeParse(row['filing_mac']).success) {
    throw new GatewayError('integrity-failure', { details: `consent_filing/${rule.consent}` });
  }
  const columns = Object.entries(row).filter(([name]) => name.startsWith(PREFIX));
  const filing = FILING_ROW.parse(
    Object.fromEntries(columns.map(([name, value]) => [name.slice(PREFIX.length), value])),
  );
  checkFilingDigest(context.mac, filing);
  return { rule, filing };
}

function consentsOf(filed: readonly Filed[]): readonly ConsentRules[] {
  return [...Map.groupBy(filed, ({ rule }) => rule.consent).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [consentOf(first, group)];
  });
}

/** Window and positions are those of the whole Consent: they are written to all its rules alike. */
function consentOf({ rule, filing }: Filed, group: readonly Filed[]): ConsentRules {
  return {
    consent: rule.consent,
    person: rule.person,
    kind: rule.kind,
    rules: group.map((one) => ruleOfRow(one.rule)),
    window: { from: rule.window_from, to: rule.window_to },
    fromPosition: rule.from_position,
    untilPosition: rule.until_position,
    citation: {
      chainId: filing.chain_id,
      contract: filing.contract,
      subject: filing.subject,
      grantId: filing.grant_id,
      version: filing.version,
      binding: filing.binding,
    },
  };
}
