import type { Pool } from 'pg';
import { z } from 'zod';
import type { Hex } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { HEAD_ROW } from './chain-row.js';

/** The epochs that a subject's signatures bind, as the projection last saw them. */
export interface SubjectEpochsSeen {
  readonly epoch: number;
  readonly keyEpoch: number;
}

/** Heads of subjects from the projection, for whoever must judge a signature without a node. */
export class SqlSubjectHeads {
  readonly #pool: Pool;
  readonly #context: ApplyContext;

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  /** @returns `undefined` while the subject's opening is not in the projection @throws GatewayError `integrity-failure` */
  async epochsOf(subject: Hex): Promise<SubjectEpochsSeen | undefined> {
    const { rows } = await this.#pool.query({
      name: 'subject-head',
      text: 'select * from subject_head where tenant = $1 and subject = $2',
      values: [this.#context.tenant, subject],
    });
    const [row] = z.array(HEAD_ROW).parse(rows);
    if (row === undefined) return undefined;
    this.#context.mac.check('subject_head', row, row.mac, `subject_head/${row.subject}`);
    return { epoch: Number(row.epoch), keyEpoch: Number(row.key_epoch) };
  }
}
