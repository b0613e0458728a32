import { toHex } from '#digest';
import type { SubjectDraft } from '#provenance';
import type { FullInboxEntry, Inbox, InboxEntry, InboxState } from '#store';
import { CommandError } from '../exit.js';
import type { LocalLog } from '../local/local-log.js';
import type { InboxDesk, InboxFilter, InboxLine } from './inbox-desk.js';

/** The inbox in the database of a gateway that is down. Each act is sealed before it is done, as the gateway would. */
export class DatabaseDesk implements InboxDesk {
  readonly #inbox: Pick<Inbox, 'list' | 'show' | 'replay' | 'discard'>;
  readonly #log: Pick<LocalLog, 'seal'>;

  constructor(inbox: Pick<Inbox, 'list' | 'show' | 'replay' | 'discard'>, log: Pick<LocalLog, 'seal'>) {
    this.#inbox = inbox;
    this.#log = log;
  }

  async list(filter: InboxFilter): Promise<readonly InboxLine[]> {
    const entries = await this.#inbox.list(filter);
    const parameters = [filter.source ?? '', filter.state ?? '', String(filter.limit)];
    await this.#log.seal({ interaction: 'inbox-list', parameters, subjects: [] });
    return entries.map(lineOf);
  }

  async show(id: string) {
    const entry = await this.#sealed('inbox-show', id);
    return { ...lineOf(entry), issues: entry.issues };
  }

  async raw(id: string): Promise<Uint8Array> {
    return (await this.#sealed('inbox-raw', id)).bytes;
  }

  async replay(id: string): Promise<void> {
    refuseIn(await this.#inbox.show(id), ['received']);
    await this.#sealed('inbox-replay', id);
    await this.#inbox.replay(id);
  }

  async discard(id: string, reason: string): Promise<void> {
    refuseIn(await this.#inbox.show(id), ['converted', 'discarded']);
    await this.#sealed('inbox-discard', id, reason);
    await this.#inbox.discard(id, reason);
  }

  async #sealed(interaction: string, id: string, reason?: string): Promise<FullInboxEntry> {
    const entry = await this.#inbox.show(id);
    const parameters = reason === undefined ? [id] : [id, reason];
    await this.#log.seal({ interaction, parameters, subjects: [subjectOf(entry, reason)] });
    return entry;
  }
}

/** A state that an act cannot begin from: nothing is done, and nothing sealed. */
function refuseIn({ state }: InboxEntry, states: readonly InboxState[]): void {
  if (states.includes(state)) throw new CommandError(`The message is ${state}.`);
}

/** The message in the record, which only an auditor opens. */
function subjectOf(entry: InboxEntry, reason: string | undefined): SubjectDraft {
  return {
    person: undefined,
    patient: null,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [toHex(entry.digest)],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links: {
      inbox: entry.id,
      source: entry.source,
      state: entry.state,
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

function lineOf(entry: InboxEntry): InboxLine {
  const { id, source, dialect, sender, message, controlId, state, attempts } = entry;
  return {
    id,
    seq: String(entry.seq),
    received: new Date(entry.receivedMs).toISOString(),
    source,
    dialect,
    sender,
    message,
    controlId,
    state,
    reason: entry.reason ?? null,
    attempts,
    digest: toHex(entry.digest),
    record: entry.recordId ?? null,
    intact: entry.isIntact,
  };
}
