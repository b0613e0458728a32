import { inboxLine, inboxSubject, mayBegin, type Inbox, type InboxEntry, type InboxLine } from '#store';
import { CommandError } from '../exit.js';
import type { LocalLog } from '../local/local-log.js';
import type { InboxDesk, InboxFilter, RawMessage } from './inbox-desk.js';

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
    return entries.map(inboxLine);
  }

  async show(id: string) {
    const entry = await this.#inbox.show(id);
    await this.#seal('inbox-show', entry);
    return { ...inboxLine(entry), issues: entry.issues };
  }

  async raw(id: string): Promise<RawMessage> {
    const entry = await this.#inbox.show(id);
    await this.#seal('inbox-raw', entry);
    return { bytes: entry.bytes, intact: entry.isIntact };
  }

  async replay(id: string): Promise<void> {
    await this.#seal('inbox-replay', await this.#ready('replay', id));
    await this.#inbox.replay(id);
  }

  async discard(id: string, reason: string): Promise<void> {
    await this.#seal('inbox-discard', await this.#ready('discard', id), reason);
    await this.#inbox.discard(id, reason);
  }

  /** In a state that the act cannot begin from nothing is done, and nothing sealed. */
  async #ready(act: 'replay' | 'discard', id: string): Promise<InboxEntry> {
    const entry = await this.#inbox.show(id);
    if (!mayBegin(act, entry.state)) throw new CommandError(`The message is ${entry.state}.`);
    return entry;
  }

  async #seal(interaction: string, entry: InboxEntry, reason?: string): Promise<void> {
    const parameters = reason === undefined ? [entry.id] : [entry.id, reason];
    await this.#log.seal({ interaction, parameters, subjects: [inboxSubject(entry, reason)] });
  }
}
