import { Module, type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { Consumer, Kafka } from 'kafkajs';
import { GROUP_TIMES, kafkaOptions, type KafkaSettings } from '#events';
import { TOPIC_INTAKE, topicControllerOf } from './topic.controller.js';
import type { TopicIntake } from './topic-intake.js';

const LONGEST_PAUSE_MS = 5_000;
const FIRST_PAUSE_MS = 200;
const RETRIES = 5;
const TOGETHER = 8;

/** What a listener to a topic needs. */
export interface TopicListenerOptions {
  readonly settings: KafkaSettings;
  readonly topic: string;
  readonly groupId: string;
  readonly intake: TopicIntake;
  readonly logger: LoggerService;
  /** The client gave up: what it failed with is not to be tried again as it is. */
  readonly ended: (error: unknown) => void;
}

/** The intake of a topic. */
@Module({})
export class TopicModule {
  static of(topic: string, intake: TopicIntake): DynamicModule {
    return {
      module: TopicModule,
      controllers: [topicControllerOf(topic)],
      providers: [{ provide: TOPIC_INTAKE, useValue: intake }],
    };
  }
}

/** Listens to a topic. Rejects where no broker answers; later it waits for one, and goes on where it was. */
export async function listenToTopic(options: TopicListenerOptions): Promise<{ close(): Promise<void> }> {
  const { settings, topic, groupId, intake, logger, ended } = options;
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(TopicModule.of(topic, intake), {
    logger,
    transport: Transport.KAFKA,
    options: {
      client: kafkaOptions(settings),
      postfixId: '',
      parser: { keepBinary: true },
      consumer: {
        groupId,
        ...GROUP_TIMES,
        allowAutoTopicCreation: false,
        // after these the client begins anew, again and again
        retry: { initialRetryTime: FIRST_PAUSE_MS, maxRetryTime: LONGEST_PAUSE_MS, retries: RETRIES },
      },
      producer: { allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1 },
      subscribe: { fromBeginning: true },
      run: { partitionsConsumedConcurrently: TOGETHER },
    },
  });
  await app.listen();
  const [, consumer] = app.unwrap<[Kafka, Consumer]>();
  consumer.on('consumer.crash', ({ payload }) => {
    if (!payload.restart) ended(payload.error);
  });
  return app;
}
