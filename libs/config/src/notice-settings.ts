import { whole } from './forms.js';

/** Streams that tell persons of accesses to their records. */
export const notices = {
  NOTICE_STREAMS_MAX: whole(1, 10_000)
    .default(200)
    .describe('Streams of notices that one process holds; above, one more is a 503.'),
  NOTICE_STREAMS_PER_CLIENT: whole(1, 1_000)
    .default(4)
    .describe('Streams of notices of one client on one process; above, one more is a 429.'),
  NOTICE_POLL_MS: whole(50, 60_000)
    .default(500)
    .describe('Time between two looks for new notices, while anybody watches.'),
  NOTICE_HEARTBEAT_S: whole(1, 300)
    .default(15)
    .describe('Time after which a stream without a notice gets a comment, so that it stays open.'),
  NOTICE_WAITING_BYTES: whole(1_024, 16_777_216)
    .default(65_536)
    .describe(
      'Bytes of notices that may wait for a reader; a slower one is cut off, and resumes where it was.',
    ),
};
