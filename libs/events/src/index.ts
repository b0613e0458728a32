export { checkEvent, type CheckedEvent, type EventFault, type EventTrust } from './check-event.js';
export {
  compareIds,
  EVENT_KINDS,
  EVENT_SCHEMA,
  eventSchema,
  topicOf,
  type ChangeEvent,
  type EventKind,
  type EventMessage,
} from './event.js';
export {
  demandTaken,
  EventConsumer,
  type Consumed,
  type EventConsumerOptions,
  type EventPlace,
  type EventSink,
} from './event-consumer.js';
export {
  EventPublisher,
  type EventPublisherOptions,
  type EventTails,
  type EventWire,
  type PublisherState,
} from './event-publisher.js';
export { eventsOfRecord, type EventDraft, type EventNames } from './events-of-record.js';
export { consumeEvents, type ConsumeOptions } from './kafka/consume-events.js';
export { GROUP_TIMES } from './kafka/group-times.js';
export { KafkaWire, type KafkaWireOptions } from './kafka/kafka-wire.js';
export { makeTopics } from './kafka/make-topics.js';
export { kafkaOptions, openKafka, type KafkaLogin, type KafkaSettings } from './kafka/open-kafka.js';
export { fetchLogFrom, LoggedLeaves, type FetchLog, type LoggedLeavesOptions } from './logged-leaves.js';
export { HEADER, writeEvent, type Placing } from './write-event.js';
