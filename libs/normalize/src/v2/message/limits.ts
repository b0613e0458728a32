/** What a message may be made of; more is a fault. Generous for senders, small enough for the memory of one process. */
export const V2_LIMITS = {
  /** Bytes of one message. */
  bytes: 64 * 1024 * 1024,
  /** Segments of one message. */
  segments: 100_000,
  /** Fields of one segment. */
  fields: 10_000,
  /** Repetitions, components and subcomponents of one field, together. */
  parts: 100_000,
  /** Leaves that `unread` lists one by one; further segments are listed whole. */
  unread: 20_000,
  /** Issues about bytes and structure; further ones of the same message would tell nothing new. */
  issues: 1000,
  /** Issues of one conversion; a last one says that there are more. */
  remarks: 5000,
  /** Messages of one batch; what follows stays with the last. */
  batch: 10_000,
} as const;
