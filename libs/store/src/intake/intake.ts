import { isSourcePermit, type SourcePermit } from '#consent';
import { uuidv7 } from '#digest';
import { GatewayError } from '#outcome';
import type { AppendItem } from '#provenance';
import type { RowChange } from '../change.js';
import { SqlRuleStore } from '../consent/sql-rule-store.js';
import type { Accepted, SourceDelivery } from './delivery.js';
import type { IntakeOptions } from './intake-options.js';
import { intakeRecord } from './intake-record.js';
import { needsPersons, planDelivery, type DeliveryPlan } from './plan-delivery.js';
import { SourcePatients } from './source-patients.js';
import { alone } from './alone.js';

/** Versions of one record at most; a larger delivery becomes several records, appended together. */
const RECORD_VERSIONS = 500;
/** A plan is made anew where another delivery came first. */
const TRIES = 3;
const UUID_RANDOM_BYTES = 10;

/**
 * The write path of deliveries: compares them with what is stored and appends what differs as one record of class 08,
 * whose transaction writes the rows. The same delivery again changes nothing.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #rules: SqlRuleStore;
  readonly #patients: SourcePatients;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#rules = new SqlRuleStore(options.pool, options);
    this.#patients = new SourcePatients(options.pool, options.tenant);
  }

  /**
   * Writes what is new, changed or gone; makes persons for new Patients, or finds who they certainly are. Resolves when
   * it is durable and sealed.
   * @throws `seal-unavailable` or `overloaded` as the log does; `integrity-failure` where a stored row was changed
   */
  async accept(permit: SourcePermit, delivery: SourceDelivery): Promise<Accepted> {
    if (!isSourcePermit(permit) || permit.source !== delivery.source) {
      throw new GatewayError('internal', { details: 'A delivery needs the permit of its source.' });
    }
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        return await this.#accept(delivery);
      } catch (cause) {
        const raced = cause instanceof GatewayError && cause.code === 'version-conflict';
        if (!raced || attempt === TRIES) {
          throw cause;
        }
      }
    }
  }

  /** When each type of a source's patient was last pulled, epoch milliseconds; types never pulled are absent. */
  async refreshedMs(source: string, sourceId: string): Promise<ReadonlyMap<string, number>> {
    return this.#patients.refreshedMs(source, sourceId);
  }

  /** Under which ids sources know the persons of these patients: their linked records count too. */
  async sourceIdsOf(
    patients: readonly string[],
  ): Promise<readonly { readonly source: string; readonly sourceId: string }[]> {
    return this.#patients.sourceIdsOf(patients);
  }

  async #accept(delivery: SourceDelivery): Promise<Accepted> {
    if (await needsPersons(this.#rules, delivery)) {
      return alone(this.#options.pool, `persons ${this.#options.tenant}`, () => this.#write(delivery));
    }
    return this.#write(delivery);
  }

  async #write(delivery: SourceDelivery): Promise<Accepted> {
    const nowMs = this.#options.clock();
    const plan = await planDelivery(
      {
        pool: this.#options.pool,
        context: this.#options,
        rules: this.#rules,
        strongSystems: this.#options.strongSystems,
        nowMs,
        random: this.#options.random,
        newPerson: () => this.#uuid(nowMs),
      },
      delivery,
    );
    const notes = await this.#notes(delivery);
    if (plan.intaken.length === 0 && plan.links.length === 0) {
      await this.#patients.note(this.#options, notes);
    } else {
      await this.#options.log.append(this.#items(delivery, plan, notes, nowMs));
    }
    const versions = plan.intaken.map(({ version: { type, id, versionId } }) => ({ type, id, versionId }));
    return { versions, issues: [] };
  }

  /** Records of a delivery: links come with the first, and with the last that all of it is here. */
  #items(
    delivery: SourceDelivery,
    plan: DeliveryPlan,
    notes: readonly RowChange[],
    nowMs: number,
  ): readonly AppendItem<RowChange>[] {
    const count = Math.max(1, Math.ceil(plan.intaken.length / RECORD_VERSIONS));
    return Array.from({ length: count }, (_, index) => {
      const part = plan.intaken.slice(index * RECORD_VERSIONS, (index + 1) * RECORD_VERSIONS);
      const at = { id: this.#uuid(nowMs), timeMs: nowMs };
      return {
        record: intakeRecord(at, delivery, part, plan.personOf),
        writes: [
          ...(index === 0 ? plan.links : []),
          ...part.map(({ version }) => ({ kind: 'version' as const, version })),
          ...(index === count - 1 ? notes : []),
        ],
      };
    });
  }

  /** What is noted of the patient at the source; none where nothing would change. */
  async #notes(delivery: SourceDelivery): Promise<readonly RowChange[]> {
    const { source, patient, pulledTypes: types, atMs } = delivery;
    if (patient === undefined) {
      return [];
    }
    const { sourceId, id } = patient;
    const known = await this.#patients.patientOf(source, sourceId);
    return [
      ...(known === id ? [] : [{ kind: 'source-patient' as const, source, sourceId, patient: id }]),
      ...(types.length === 0 ? [] : [{ kind: 'refreshed' as const, source, sourceId, types, atMs }]),
    ];
  }

  #uuid(timeMs: number): string {
    return uuidv7(timeMs, this.#options.random(UUID_RANDOM_BYTES));
  }
}
