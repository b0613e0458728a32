import type { ClientBase } from 'pg';
import type { BlockEvents, Hex, RegistryEvent } from '#consent';
import { decodeGrantWord } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { insertRows, type Table } from '../insert-rows.js';
import {
  DELEGATES,
  HEADS,
  LATCHES,
  readSubjects,
  WORDS,
  type DelegateRow,
  type HeadRow,
  type LatchRow,
  type WordRow,
} from './chain-row.js';
import { writeUndo, type Before } from './undo-text.js';

const NO_GRANT: Hex = `0x${'0'.repeat(64)}`;
const MS_PER_S = 1000;

const BLOCKS: Table<{
  tenant: string;
  number: bigint;
  hash: string;
  time: number;
  position: bigint;
  undo: string;
}> = {
  name: 'projection_block',
  columns: {
    tenant: 'text',
    number: 'bigint',
    hash: 'text',
    time: 'bigint',
    position: 'bigint',
    undo: 'jsonb',
  },
};

/** Rows of the projection while a batch of blocks goes over them. */
class Sheet {
  readonly words = new Map<string, WordRow>();
  readonly heads = new Map<string, HeadRow>();
  readonly delegates = new Map<string, DelegateRow>();
  readonly latches: LatchRow[] = [];
  readonly #context: ApplyContext;
  readonly #position: bigint;

  constructor(context: ApplyContext, position: bigint) {
    this.#context = context;
    this.#position = position;
  }

  /** Applies an event; gives the row that was there before, for undoing. */
  apply(event: RegistryEvent, block: BlockEvents): Before {
    switch (event.kind) {
      case 'consent':
        return this.#consent(event, block);
      case 'subject':
        return this.#head(event.subject, {
          signer_hash: event.signerHash,
          key_epoch: BigInt(event.keyEpoch),
        });
      case 'revoked-all':
        this.#latch({ subject: event.subject, grant_id: NO_GRANT, kind: 'revoked-all' }, block, event.epoch);
        return this.#head(event.subject, { epoch: BigInt(event.epoch), locked: event.locked });
      case 'delegate':
        return this.#delegate(event, block);
      default:
        return event satisfies never;
    }
  }

  #consent(event: Extract<RegistryEvent, { kind: 'consent' }>, block: BlockEvents): Before {
    const key = `${event.subject} ${event.grantId}`;
    const before = this.words.get(key);
    const row = {
      tenant: this.#context.tenant,
      subject: event.subject,
      grant_id: event.grantId,
      word: event.state,
      commitment: event.commitment,
      signed_by: event.by,
      block_number: block.number,
      position: this.#position,
    };
    this.words.set(key, { ...row, mac: this.#context.mac.of('grant_word', row) });
    const { kind, version } = decodeGrantWord(event.state);
    if (kind === 'revoked' || kind === 'deny') {
      this.#latch({ subject: event.subject, grant_id: event.grantId, kind }, block, 0, version);
    }
    return { table: 'grant_word', subject: event.subject, key: event.grantId, before };
  }

  #head(subject: Hex, change: Partial<HeadRow>): Before {
    const before = this.heads.get(subject);
    const fresh = { tenant: this.#context.tenant, subject, signer_hash: NO_GRANT, key_epoch: 0n, epoch: 0n };
    const row = { ...(before ?? { ...fresh, locked: false, mac: new Uint8Array() }), ...change };
    this.heads.set(subject, { ...row, mac: this.#context.mac.of('subject_head', row) });
    return { table: 'subject_head', subject, key: '', before };
  }

  #delegate(event: Extract<RegistryEvent, { kind: 'delegate' }>, block: BlockEvents): Before {
    const key = `${event.subject} ${event.signerHash}`;
    const before = this.delegates.get(key);
    const row = {
      tenant: this.#context.tenant,
      subject: event.subject,
      signer_hash: event.signerHash,
      word: event.state,
      block_number: block.number,
    };
    this.delegates.set(key, { ...row, mac: this.#context.mac.of('delegate', row) });
    return { table: 'delegate', subject: event.subject, key: event.signerHash, before };
  }

  #latch(
    at: Pick<LatchRow, 'subject' | 'grant_id' | 'kind'>,
    block: BlockEvents,
    epoch: number,
    version = 0,
  ): void {
    const seen = block.time * MS_PER_S;
    const row = { ...at, tenant: this.#context.tenant, version, epoch: BigInt(epoch), record_id: null, seen };
    this.latches.push({ ...row, mac: this.#context.mac.of('latch', row) });
  }
}

/**
 * Puts the events of blocks into words, heads, delegates and latches: one read and one write per table for the batch,
 * and per block what undoes it.
 * @returns the subjects that were touched.
 */
export async function applyBlocks(
  client: ClientBase,
  context: ApplyContext,
  blocks: readonly BlockEvents[],
  position: bigint,
): Promise<readonly Hex[]> {
  const subjects = [...new Set(blocks.flatMap(({ events }) => events.map(({ subject }) => subject)))];
  const sheet = new Sheet(context, position);
  await load(client, context, sheet, subjects);
  const kept = blocks.map((block) => ({
    tenant: context.tenant,
    number: block.number,
    hash: block.hash,
    time: block.time,
    position,
    undo: writeUndo(block.events.map((event) => sheet.apply(event, block))),
  }));
  await insertRows(client, BLOCKS, kept);
  await insertRows(client, WORDS, [...sheet.words.values()]);
  await insertRows(client, HEADS, [...sheet.heads.values()]);
  await insertRows(client, DELEGATES, [...sheet.delegates.values()]);
  await insertRows(client, LATCHES, sheet.latches);
  return subjects;
}

async function load(
  client: ClientBase,
  context: ApplyContext,
  sheet: Sheet,
  subjects: readonly Hex[],
): Promise<void> {
  if (subjects.length === 0) {
    return;
  }
  const rows = await readSubjects(client, context, subjects);
  for (const row of rows.words) {
    sheet.words.set(`${row.subject} ${row.grant_id}`, row);
  }
  for (const row of rows.heads) {
    sheet.heads.set(row.subject, row);
  }
  for (const row of rows.delegates) {
    sheet.delegates.set(`${row.subject} ${row.signer_hash}`, row);
  }
}
