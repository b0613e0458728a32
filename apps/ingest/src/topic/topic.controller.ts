import { Controller, Inject, type Type } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { answerInTopic, type HandedOver } from './answer-in-topic.js';
import { type TopicIntake } from './topic-intake.js';

/** Name under which the module provides the intake. */
export const TOPIC_INTAKE = Symbol('TopicIntake');

/** The controller of a topic: its name is a setting, and Nest wants it in the decorator. */
export function topicControllerOf(topic: string): Type<unknown> {
  @Controller()
  class TopicController {
    readonly #intake: TopicIntake;

    constructor(@Inject(TOPIC_INTAKE) intake: TopicIntake) {
      this.#intake = intake;
    }

    /** The offset is committed after this has resolved. */
    @EventPattern<unknown>(topic)
    take(@Payload() value: Buffer | null, @Ctx() context: KafkaContext): Promise<void> {
      return answerInTopic(this.#intake, value, context satisfies HandedOver);
    }
  }
  return TopicController;
}
