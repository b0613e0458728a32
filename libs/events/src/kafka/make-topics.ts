import type { Kafka } from 'kafkajs';

/**
 * Makes the topics that are not there, with as many replicas as the broker's default says.
 * @returns how many partitions each has, by its name
 */
export async function makeTopics(
  kafka: Kafka,
  topics: readonly string[],
  newPartitions: number,
): Promise<ReadonlyMap<string, number>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    if (missing.length > 0) {
      const made = missing.map((topic) => ({ topic, numPartitions: newPartitions }));
      await admin.createTopics({ waitForLeaders: true, topics: made });
    }
    const found = await admin.fetchTopicMetadata({ topics: [...topics] });
    return new Map(found.topics.map(({ name, partitions }) => [name, partitions.length]));
  } finally {
    await admin.disconnect();
  }
}
