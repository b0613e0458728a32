import type { Consumer, Kafka, Producer } from 'kafkajs';

/** Writes HL7 v2 messages to a topic, and reads what comes back. */
export class TopicSender {
  readonly answers: string[] = [];
  readonly letters: string[] = [];
  readonly #kafka: Kafka;
  readonly #topic: string;
  #producer: Producer | undefined;
  #consumer: Consumer | undefined;

  constructor(kafka: Kafka, topic: string) {
    this.#kafka = kafka;
    this.#topic = topic;
  }

  async start(replyTopic: string): Promise<void> {
    const dead = `${this.#topic}.dead`;
    this.#producer = this.#kafka.producer();
    await this.#producer.connect();
    this.#consumer = this.#kafka.consumer({ groupId: 'sender' });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [replyTopic, dead], fromBeginning: true });
    await this.#consumer.run({
      eachMessage: ({ topic, message }) => {
        (topic === dead ? this.letters : this.answers).push(message.value?.toString('latin1') ?? '');
        return Promise.resolve();
      },
    });
  }

  /** A message about a made-up patient of each number. */
  async send(controlIds: readonly string[], source: string): Promise<void> {
    const messages = controlIds.map((id) => ({ key: source, value: messageOf(id) }));
    await this.#producer?.send({ topic: this.#topic, messages });
  }

  /** A message without a value. */
  async sendNothing(source: string): Promise<void> {
    await this.#producer?.send({ topic: this.#topic, messages: [{ key: source, value: null }] });
  }

  async stop(): Promise<void> {
    await this.#consumer?.disconnect();
    await this.#producer?.disconnect();
  }
}

function messageOf(controlId: string): string {
  const header = `MSH|^~\\&|LAKEVIEW_HIS|LAKEVIEW|||20250701080000||ADT^A28^ADT_A05|${controlId}|P|2.5.1`;
  const patient = `PID|1||LK-${controlId}^^^LAKEVIEW^MR||TOPICHURST^${controlId}||19700101|F`;
  return [header, 'EVN||20250701080000', patient, 'PV1|1|N', ''].join('\r');
}
