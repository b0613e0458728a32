import { z } from 'zod';
import type { Api } from '../api.js';
import { lineSchema, type InboxDesk, type InboxFilter, type RawMessage } from './inbox-desk.js';

const listSchema = z.object({ messages: z.array(lineSchema) });
const shownSchema = lineSchema.extend({ issues: z.array(z.unknown()) });
const rawSchema = z.object({ bytes: z.base64(), intact: z.boolean() });

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

  async raw(id: string): Promise<RawMessage> {
    const { body } = await this.#api.must('GET', `${pathOf(id)}/raw`);
    const { bytes, intact } = rawSchema.parse(body);
    return { bytes: Buffer.from(bytes, 'base64'), intact };
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
