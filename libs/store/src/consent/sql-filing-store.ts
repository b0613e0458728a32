import type { Pool } from 'pg';
import { z } from 'zod';
import type { Hex } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { BINDING_CELLS, checkBinding, type BindingCells } from '../apply/bindings.js';
import { checkFilingRow, FILING_COLUMNS, FILING_ROW } from '../projection/filing-row.js';
import { checkRule, RULE_ROWS, type RuleRow } from '../projection/rule-row.js';
import type { BindingRow, FilingStore, GrantStatus } from './filing-store.js';

/** The newest word of a filed grant, where it is of the filing's version or a later one. */
const WORD = z.object({ block: z.bigint().nullable(), current: z.boolean().nullable() });

const STATUSES = z.array(FILING_ROW.extend(WORD.shape));
const BINDINGS = z.array(BINDING_CELLS);

const STATUS = `select ${FILING_COLUMNS}, w.block_number as block,
    trunc(mod(trunc(w.word / 2::numeric ^ 128), 2::numeric ^ 24)) >= f.version as current
  from consent_filing f
  left join grant_word w on w.tenant = f.tenant and w.subject = f.subject and w.grant_id = f.grant_id
  where f.tenant = $1`;

/** The patients of a person now: a Consent belongs to the patient whom it names. */
const PATIENTS = `select l.patient from person_link l
  where l.tenant = $1 and l.person = $2::uuid and l.until_time is null`;

/** Bindings and filed Consents in Postgres. */
export class SqlFilingStore implements FilingStore {
  readonly #pool: Pool;
  readonly #context: ApplyContext;

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  async bindingOf(subject: Hex): Promise<BindingRow | undefined> {
    const [binding] = await this.#bindings('of subject', 'subject = $2', subject);
    return binding;
  }

  async bindingsOf(patients: readonly string[]): Promise<readonly BindingRow[]> {
    return this.#bindings('of patients', 'patient = any($2)', patients);
  }

  async statusOf(grantId: Hex): Promise<GrantStatus | undefined> {
    const [newest] = await this.#statuses(
      'of grant',
      'f.grant_id = $2 order by f.version desc limit 1',
      grantId,
    );
    return newest;
  }

  async statusesOf(person: string): Promise<readonly GrantStatus[]> {
    return this.#statuses('of person', `f.patient in (${PATIENTS}) order by f.record_id desc`, person);
  }

  async bytesOf(consent: string): Promise<Uint8Array | undefined> {
    const { rows } = await this.#pool.query({
      name: 'filing',
      text: `select ${FILING_COLUMNS} from consent_filing f where f.tenant = $1 and f.consent = $2`,
      values: [this.#context.tenant, consent],
    });
    const filing = FILING_ROW.optional().parse(rows[0]);
    if (filing !== undefined) {
      checkFilingRow(this.#context.mac, filing);
    }
    return filing?.bytes;
  }

  async #bindings(
    name: string,
    which: string,
    value: string | readonly string[],
  ): Promise<readonly BindingRow[]> {
    const { rows } = await this.#pool.query({
      name: `bindings ${name}`,
      text: `select * from binding where tenant = $1 and ${which} order by from_time`,
      values: [this.#context.tenant, value],
    });
    const cells = BINDINGS.parse(rows);
    for (const row of cells) {
      checkBinding(this.#context.mac, row);
    }
    return cells.map(bindingRow);
  }

  async #statuses(name: string, which: string, value: string): Promise<readonly GrantStatus[]> {
    const { rows } = await this.#pool.query({
      name: `statuses ${name}`,
      text: `${STATUS} and ${which}`,
      values: [this.#context.tenant, value],
    });
    const filings = STATUSES.parse(rows);
    const rules = await this.#firstRules(filings.map(({ consent }) => consent));
    return filings.map(({ block, current, ...filing }) => {
      checkFilingRow(this.#context.mac, filing);
      return {
        consent: filing.consent,
        grantId: filing.grant_id,
        version: filing.version,
        kind: filing.kind,
        state: stateOf(rules.get(filing.consent), current === true),
        block: block === null ? null : String(block),
      };
    });
  }

  /** One rule of each Consent: they all have its standing. */
  async #firstRules(consents: readonly string[]): Promise<ReadonlyMap<string, RuleRow>> {
    const { rows } = await this.#pool.query({
      name: 'first rules',
      text: `select distinct on (consent) * from consent_rule
             where tenant = $1 and consent = any($2) order by consent, ordinal`,
      values: [this.#context.tenant, consents],
    });
    const rules = RULE_ROWS.parse(rows);
    for (const rule of rules) {
      checkRule(this.#context.mac, rule);
    }
    return new Map(rules.map((rule) => [rule.consent, rule]));
  }
}

function stateOf(rule: RuleRow | undefined, onChain: boolean): GrantStatus['state'] {
  if (rule === undefined || rule.until_position !== null) {
    return 'ended';
  }
  if (rule.from_position !== null || rule.kind === 'deny') {
    return 'in-force';
  }
  return onChain ? 'included' : 'filed';
}

function bindingRow(row: BindingCells): BindingRow {
  return {
    id: row.id,
    patient: row.patient,
    person: row.person,
    subject: row.subject,
    signerHash: row.signer_hash,
    rights: row.rights,
    fromMs: row.from_time,
    toMs: row.to_time ?? undefined,
    evidence: row.evidence,
    statement: row.statement,
    signature: row.signature,
    recordId: row.record_id,
  };
}
