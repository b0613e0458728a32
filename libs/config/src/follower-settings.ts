import { whole } from './forms.js';

const DAY_S = 86_400;

/** How the log is followed. */
export const followers = {
  FOLLOWER_BATCH: whole(1, 1_000).default(200).describe('Records that a follower of the log takes at once.'),
  FOLLOWER_POLL_MS: whole(50, 60_000)
    .default(1_000)
    .describe(
      'Time between two looks at the log for what other gateways append; own records are seen at once.',
    ),
  FOLLOWER_MAX_PAUSE_S: whole(1, 3_600)
    .default(15)
    .describe('Longest pause of a follower that cannot go on, before it tries again.'),
  FOLLOWER_MAX_LAG_S: whole(1, DAY_S)
    .default(60)
    .describe('Age of a record that a follower has not handled, above which that is an incident.'),
};
