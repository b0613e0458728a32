import { Controller, Inject, type Type } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext } from '@nestjs/microservices';
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

    /**
     * The offset is committed after this has resolved. The value is read from the message: for one without a value the payload is the
     * whole message.
     */
    @EventPattern<unknown>(topic)
    take(@Ctx() context: KafkaContext): Promise<void> {
      return answerInTopic(this.#intake, context satisfies HandedOver);
    }
  }
  return TopicController;
}
