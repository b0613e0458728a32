import { GatewayError } from '#outcome';

/** Some records of a batch cannot be written, and the others can: the batch is tried again without them. */
export class RefusedRecords extends GatewayError {
  readonly recordIds: ReadonlySet<string>;

  /** @param recordIds of which something that they change was changed meanwhile */
  constructor(recordIds: ReadonlySet<string>, details: string) {
    super('version-conflict', { details });
    this.recordIds = recordIds;
  }
}
