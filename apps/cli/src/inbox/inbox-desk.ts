import { z } from 'zod';

/** What becomes of a message. */
export const INBOX_STATES = ['received', 'converted', 'unsupported', 'failed', 'discarded'] as const;

/** A message of the inbox as the command shows it, without its content. */
export const inboxLine = z.object({
  id: z.string(),
  seq: z.string(),
  received: z.string(),
  source: z.string(),
  dialect: z.string(),
  sender: z.string(),
  message: z.string(),
  controlId: z.string(),
  state: z.enum(INBOX_STATES),
  reason: z.string().nullable(),
  attempts: z.number(),
  digest: z.string(),
  record: z.string().nullable(),
  intact: z.boolean(),
});

/** A message of the inbox as the command shows it, without its content. */
export type InboxLine = z.infer<typeof inboxLine>;

/** Which messages are listed. */
export interface InboxFilter {
  readonly source: string | undefined;
  readonly state: InboxLine['state'] | undefined;
  readonly limit: number;
}

/** The inbox, by the stewards' API or by the database itself. Each call is a sealed act. */
export interface InboxDesk {
  /** Newest first. */
  list(filter: InboxFilter): Promise<readonly InboxLine[]>;
  show(id: string): Promise<InboxLine & { readonly issues: readonly unknown[] }>;
  /** The bytes as they came. */
  raw(id: string): Promise<Uint8Array>;
  replay(id: string): Promise<void>;
  discard(id: string, reason: string): Promise<void>;
}
