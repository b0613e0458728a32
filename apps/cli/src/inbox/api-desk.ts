import { z } from 'zod';
import type { Api } from '../api.js';
import { inboxLine, type InboxDesk, type InboxFilter } from './inbox-desk.js';

const listSchema = z.object({ messages: z.array(inboxLine) });
const shownSchema = inboxLine.extend({ issues: z.array(z.unknown()) });
const rawSchema = z.object({ bytes: z.base64() });

/** The inbox of a gateway that answers. */
export class ApiDesk implements InboxDesk {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async list({ source, state, limit }: InboxFilter) {
    const query = new URLSearchParams({
      limit: String(limit),
      ...(source === undefined ? {} : { source }),
      ...(state === undefined ? {} : { state }),
    });
    const { body } = await this.#api.must('GET', `/admin/inbox?${query.toString()}`);
    return listSchema.parse(body).messages;
  }

  async show(id: string) {
    const { body } = await this.#api.must('GET', pathOf(id));
    return shownSchema.parse(body);
  }

  async raw(id: string): Promise<Uint8Array> {
    const { body } = await this.#api.must('GET', `${pathOf(id)}/raw`);
    return Buffer.from(rawSchema.parse(body).bytes, 'base64');
  }

  async replay(id: string): Promise<void> {
    await this.#api.must('POST', `${pathOf(id)}/replay`);
  }

  async discard(id: string, reason: string): Promise<void> {
    await this.#api.must('POST', `${pathOf(id)}/discard`, { reason });
  }
}

function pathOf(id: string): string {
  return `/admin/inbox/${encodeURIComponent(id)}`;
}
