import { isSourcePermit, type SourcePermit } from '#consent';
import { uuidv7 } from '#digest';
import { GatewayError } from '#outcome';
import type { AppendItem, Seal } from '#provenance';
import type { RowChange } from '../change.js';
import { SqlRuleStore } from '../consent/sql-rule-store.js';
import type { Accepted, Settlement, SourceDelivery } from './delivery.js';
import type { IntakeOptions } from './intake-options.js';
import { intakeRecord, type Intaken } from './intake-record.js';
import { planDelivery, type DeliveryPlan } from './plan-delivery.js';
import { SourcePatients } from './source-patients.js';
import { StoredVersions } from './stored-versions.js';

/** Resources of one record at most; a larger delivery becomes several records, one after the other. */
const RECORD_RESOURCES = 500;
/** A plan is made anew where another delivery came first; of those that meet, one gets through each time. */
const TRIES = 20;
const UUID_RANDOM_BYTES = 10;

/**
 * The write path of deliveries: compares them with what is stored and appends what differs as one record of class 08,
 * whose transaction writes the rows. The same delivery again changes nothing; of a message even that is recorded.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #rules: SqlRuleStore;
  readonly #patients: SourcePatients;
  readonly #stored: StoredVersions;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#rules = new SqlRuleStore(options.pool, options);
    this.#patients = new SourcePatients(options.pool, options.tenant);
    this.#stored = new StoredVersions(options.pool, options);
  }

  /**
   * Writes what is new, changed or gone, each version with its Provenance; makes persons for Patients, or finds who they
   * certainly are. Resolves when it is durable and sealed.
   * @returns what was written, and the issue `late` for each resource of which newer news is stored
   * @throws `seal-unavailable` or `overloaded` as the log does; `integrity-failure` where a stored row was changed
   */
  async accept(permit: SourcePermit, delivery: SourceDelivery): Promise<Accepted> {
    demandPermit(permit, delivery);
    return this.#tries(() => this.#write(delivery));
  }

  /**
   * Writes what a source holds after a write that this gateway made there, under a record of the caller's, in one append: also
   * where nothing differs from what is stored. A delivery of one record's size.
   * @param item makes record and further changes from what stands there then; made anew where another delivery came first
   * @throws as `accept` does, and `version-conflict` where one of the further changes is refused
   */
  async settle(
    permit: SourcePermit,
    delivery: SourceDelivery,
    item: (settlement: Settlement) => AppendItem<RowChange>,
  ): Promise<Seal> {
    demandPermit(permit, delivery);
    return this.#tries(async () => {
      const plan = await this.#plan(delivery, this.#options.clock());
      const { record, writes } = item(await this.#settlementOf(delivery, plan));
      const own = [...plan.changes, ...plan.intaken.flatMap(changesOf)];
      const [seal] = await this.#options.log.append([{ record, writes: [...own, ...writes] }]);
      if (seal === undefined) throw new GatewayError('seal-unavailable');
      return seal;
    });
  }

  /** Plans are made anew where another delivery came first. */
  async #tries<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        return await work();
      } catch (cause) {
        const raced =
          cause instanceof GatewayError &&
          cause.code === 'version-conflict' &&
          cause.details !== 'keyed-write' &&
          cause.details !== 'idempotency-key';
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

  async #write(delivery: SourceDelivery): Promise<Accepted> {
    const nowMs = this.#options.clock();
    const plan = await this.#plan(delivery, nowMs);
    const notes = await this.#notes(delivery);
    const isIdle = plan.intaken.length === 0 && plan.changes.length === 0;
    if (isIdle && delivery.lineage === undefined) {
      await this.#patients.note(this.#options, notes);
    } else {
      await this.#append(delivery, plan, notes, nowMs);
    }
    return acceptedOf(plan);
  }

  #plan(delivery: SourceDelivery, nowMs: number): Promise<DeliveryPlan> {
    return planDelivery(
      {
        pool: this.#options.pool,
        context: this.#options,
        stored: this.#stored,
        rules: this.#rules,
        strongSystems: this.#options.strongSystems,
        nowMs,
        random: this.#options.random,
        newPerson: () => this.#uuid(nowMs),
      },
      delivery,
    );
  }

  async #settlementOf(delivery: SourceDelivery, plan: DeliveryPlan): Promise<Settlement> {
    const written = plan.intaken.map(({ version }) => version);
    const named = [...delivery.resources, ...(delivery.deleted ?? [])];
    const same = named.filter(({ type, id }) => !written.some((one) => one.type === type && one.id === id));
    const versions = [...written, ...(await this.#stored.versionsOf(same))];
    const patients = versions.flatMap((version) => version.patients.map(({ patient }) => patient));
    const known = await this.#rules.personsOf([...new Set(patients)]);
    return {
      versions,
      provenances: plan.intaken.flatMap(({ provenance }) => provenance ?? []),
      personOf: new Map([...known, ...plan.personOf]),
      salt: plan.salt,
    };
  }

  /**
   * Appends the records of a delivery: links come with the first, and with the last that all of it is here. Each waits for
   * the one before, so that the last is never there without the others.
   */
  async #append(
    delivery: SourceDelivery,
    plan: DeliveryPlan,
    notes: readonly RowChange[],
    nowMs: number,
  ): Promise<void> {
    const { salt, personOf } = plan;
    const count = Math.max(1, Math.ceil(plan.intaken.length / RECORD_RESOURCES));
    for (let index = 0; index < count; index++) {
      const intaken = plan.intaken.slice(index * RECORD_RESOURCES, (index + 1) * RECORD_RESOURCES);
      const at = { id: this.#uuid(nowMs), timeMs: nowMs };
      const writes = [
        ...(index === 0 ? plan.changes : []),
        ...intaken.flatMap(changesOf),
        ...(index === count - 1 ? [...notes, ...inboxOf(delivery, plan)] : []),
      ];
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await this.#options.log.append([
        { record: intakeRecord(at, { delivery, intaken, personOf, salt }), writes },
      ]);
    }
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

function demandPermit(permit: SourcePermit, { source }: SourceDelivery): void {
  if (!isSourcePermit(permit) || permit.source !== source) {
    throw new GatewayError('internal', { details: 'A delivery needs the permit of its source.' });
  }
}

/** What becomes of the message, with what was remarked here. */
function inboxOf({ inbox }: SourceDelivery, { issues }: DeliveryPlan): readonly RowChange[] {
  return inbox === undefined ? [] : [{ ...inbox, issues: [...inbox.issues, ...issues] }];
}

function changesOf({ version, replaces, provenance }: Intaken): readonly RowChange[] {
  const own: RowChange = { kind: 'version', version, replaces };
  return provenance === undefined ? [own] : [own, { kind: 'version', version: provenance }];
}

function acceptedOf({ intaken, issues }: DeliveryPlan): Accepted {
  const written = intaken.flatMap(({ version, provenance }) =>
    provenance === undefined ? [version] : [version, provenance],
  );
  return { versions: written.map(({ type, id, versionId }) => ({ type, id, versionId })), issues };
}
