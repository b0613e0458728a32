import { Counter, Gauge, type Registry } from 'prom-client';

const MSA = /(?:^|[\r\n])MSA.([AC][AER])/;

/** What becomes of messages. */
export type MessageEnd = 'converted' | 'unsupported' | 'failed';

/** Figures of HL7 v2: by source, code and reason, nothing of a message. */
export class V2Figures {
  readonly #received: Counter;
  readonly #answers: Counter;
  readonly #refused: Counter;
  readonly #ended: Counter;
  readonly #connections: Counter;

  /** @param lagS seconds since the oldest message was received that still waits, by source */
  constructor(metrics: Registry, lagS: () => ReadonlyMap<string, number>) {
    const registers = [metrics];
    const counter = (name: string, help: string, labelNames: string[]): Counter =>
      new Counter({ name: `proviso_v2_${name}_total`, help, labelNames, registers });
    this.#received = counter('received', 'Messages that were kept, and repeated ones.', ['source', 'kind']);
    this.#answers = counter('answers', 'Answers by code; none where the sender wants none.', ['code']);
    this.#refused = counter('refused', 'Messages and frames that were not kept.', ['reason']);
    this.#ended = counter('converted', 'Messages whose conversion ended, by state.', ['source', 'state']);
    this.#connections = counter('connections', 'What happened to connections.', ['event']);
    const lag = new Gauge({
      name: 'proviso_v2_lag_seconds',
      help: 'Age of the oldest message that waits to be converted.',
      labelNames: ['source'],
      registers,
      collect: () => {
        for (const [source, seconds] of lagS()) lag.set({ source }, seconds);
      },
    });
  }

  received(source: string, kind: 'stored' | 'duplicate'): void {
    this.#received.inc({ source, kind });
  }

  answered(answer: Uint8Array | undefined): void {
    const text = answer === undefined ? '' : Buffer.from(answer).toString('latin1');
    this.#answers.inc({ code: MSA.exec(text)?.[1] ?? 'none' });
  }

  refused(reason: string): void {
    this.#refused.inc({ reason });
  }

  ended(source: string, state: MessageEnd): void {
    this.#ended.inc({ source, state });
  }

  connection(event: string): void {
    this.#connections.inc({ event });
  }
}
