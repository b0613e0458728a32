import { z } from 'zod';
import { INBOX_STATES, type InboxLine } from '#store';

/** A message of the inbox as the command shows it, without its content. */
export const lineSchema = z.object({
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
}) satisfies z.ZodType<InboxLine>;

/** The bytes of a message, and whether they and its row are as they were written. */
export interface RawMessage {
  readonly bytes: Uint8Array;
  readonly intact: boolean;
}

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
  raw(id: string): Promise<RawMessage>;
  replay(id: string): Promise<void>;
  discard(id: string, reason: string): Promise<void>;
}
