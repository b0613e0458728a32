import type { Logger } from 'pino';
import type { Config } from '#config';
import { makeTopics, openKafka } from '#events';
import { nestLogger } from '#http';
import { TopicIntake } from '../../../ingest/src/topic/topic-intake.js';
import { TopicListener } from '../../../ingest/src/topic/topic-listener.js';
import { listenToTopic } from '../../../ingest/src/topic/topic.module.js';
import type { V2Intake } from '../../../ingest/src/v2/open-v2.js';
import { kafkaSettings } from './open-events.js';

/** What listens to the intake topic, where one is given; not yet started. */
export function openTopic(
  take: V2Intake['takeFromTopic'],
  { config, log }: { readonly config: Config; readonly log: Logger },
): TopicListener | undefined {
  const settings = kafkaSettings(config, log);
  const { KAFKA_INTAKE_TOPIC: topic, KAFKA_INTAKE_REPLY_TOPIC: replyTopic } = config;
  if (settings === undefined || topic === undefined) return undefined;
  const deadTopic = config.KAFKA_INTAKE_DEAD_TOPIC ?? `${topic}.dead`;
  const intake = new TopicIntake({ take, replyTopic, deadTopic });
  const topics = [topic, deadTopic, ...(replyTopic === undefined ? [] : [replyTopic])];
  return new TopicListener({
    listen: async (ended) => {
      await makeTopics(openKafka(settings), topics, config.KAFKA_PARTITIONS);
      const groupId = config.KAFKA_INTAKE_GROUP;
      return listenToTopic({ settings, topic, groupId, intake, logger: nestLogger(log), ended });
    },
    report: (error) => log.warn({ err: error }, 'the intake topic cannot be reached yet'),
  });
}
