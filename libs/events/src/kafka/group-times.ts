/**
 * How long a group waits for a consumer that says nothing. Whoever was killed holds its partitions for so long, and whoever takes
 * them over waits for it: less than a client waits for an answer (`requestTimeout`), or its first attempt ends unanswered and is
 * itself waited for. Brokers allow 6 s at least.
 */
export const GROUP_TIMES = {
  sessionTimeout: 8_000,
  heartbeatInterval: 2_000,
  rebalanceTimeout: 15_000,
} as const;
