import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import { INBOX_STATES, inboxLine, inboxSubject, mayBegin, REASON_CHARACTERS, type InboxEntry } from '#store';
import type { Operation, Outcome } from '../operation.js';

const LISTED = 50;
const LISTED_MAX = 1_000;

const id = z.uuid();
const named = z.strictObject({ id });
const listForm = z.strictObject({
  source: z.string().min(1).max(64).optional(),
  state: z.enum(INBOX_STATES).optional(),
  /** Only what came before the message with this number. */
  before: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt)
    .optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(LISTED_MAX)).default(LISTED),
});
const discardForm = z.strictObject({ id, reason: z.string().trim().min(1).max(REASON_CHARACTERS) });

/** `GET /admin/inbox`: messages, newest first, without their content. */
export const listInbox: Operation<z.infer<typeof listForm>> = {
  name: 'inbox-list',
  role: 'steward',
  input: listForm,
  async handle({ before: beforeSeq, ...query }, _principal, parts): Promise<Outcome> {
    const entries = await parts.inbox.list({ ...query, beforeSeq });
    return { ...sealed([]), status: 200, body: { messages: entries.map(inboxLine) } };
  },
};

/** `GET /admin/inbox/{id}`: what is known of a message, and what converting it remarked. */
export const showMessage: Operation<z.infer<typeof named>> = {
  name: 'inbox-show',
  role: 'steward',
  input: named,
  async handle(input, _principal, parts): Promise<Outcome> {
    const entry = await parts.inbox.show(input.id);
    return { ...sealed([entry]), status: 200, body: { ...inboxLine(entry), issues: entry.issues } };
  },
};

/** `GET /admin/inbox/{id}/raw`: the bytes as they came, in Base64. */
export const rawMessage: Operation<z.infer<typeof named>> = {
  name: 'inbox-raw',
  role: 'steward',
  input: named,
  async handle(input, _principal, parts): Promise<Outcome> {
    const entry = await parts.inbox.show(input.id);
    const bytes = Buffer.from(entry.bytes).toString('base64');
    return { ...sealed([entry]), status: 200, body: { id: entry.id, intact: entry.isIntact, bytes } };
  },
};

/** `POST /admin/inbox/{id}/replay`: it is converted again, in its old place of the order. */
export const replayMessage: Operation<z.infer<typeof named>> = {
  name: 'inbox-replay',
  role: 'steward',
  input: named,
  async handle(input, _principal, parts): Promise<Outcome> {
    const entry = await parts.inbox.show(input.id);
    refuse('replay', entry);
    return {
      ...sealed([entry]),
      status: 200,
      body: { id: entry.id, state: 'received' },
      committed: () => parts.inbox.replay(entry.id),
    };
  },
};

/** `POST /admin/inbox/{id}/discard`: it is never converted; it stays listed, with the reason. */
export const discardMessage: Operation<z.infer<typeof discardForm>> = {
  name: 'inbox-discard',
  role: 'steward',
  input: discardForm,
  async handle({ id: message, reason }, _principal, parts): Promise<Outcome> {
    const entry = await parts.inbox.show(message);
    refuse('discard', entry);
    return {
      ...sealed([entry], reason),
      status: 200,
      body: { id: entry.id, state: 'discarded' },
      committed: () => parts.inbox.discard(entry.id, reason),
    };
  },
};

/** Before the act is sealed: a state that it cannot begin from. */
function refuse(act: 'replay' | 'discard', { state }: InboxEntry): void {
  if (!mayBegin(act, state)) throw new GatewayError('version-conflict', { details: `state: ${state}` });
}

/** An act of administration; the messages that it is about are named in its record, which only an auditor opens. */
function sealed(
  entries: readonly InboxEntry[],
  reason?: string,
): Pick<Outcome, 'class' | 'subjects' | 'writes'> {
  const subjects = entries.map((entry) => inboxSubject(entry, reason));
  return { class: ENTRY_CLASS.configuration, subjects, writes: [] };
}
