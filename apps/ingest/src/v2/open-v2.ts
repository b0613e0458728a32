import { MllpServer, type MllpAddress, type MllpServerOptions, type V2Profile } from '#ehr';
import type { Answering } from '#normalize';
import type { Inbox, InboxQueue } from '#store';
import type { Registry } from 'prom-client';
import { TopicReceiver, type TopicMessage, type TopicOutcome } from '../topic/topic-receiver.js';
import { ContactWatch, type SourceContacts } from './contact-watch.js';
import { deliverMessage, type DeliverOptions } from './deliver-message.js';
import { InboxWorker, type InboxTrouble, type InboxWorkerOptions } from './inbox-worker.js';
import { MessageReceiver, type RefusedMessage } from './message-receiver.js';
import { V2Figures } from './v2-figures.js';

const MS_PER_S = 1_000;
const LOOK_MS = 250;

/** What the intake of HL7 v2 is made of. */
export interface V2Parts extends DeliverOptions {
  readonly profiles: readonly V2Profile[];
  readonly listener: Omit<MllpServerOptions, 'handler' | 'observe'>;
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly queue: InboxQueue;
  readonly lead: InboxWorkerOptions['lead'];
  readonly contacts: SourceContacts;
  readonly metrics: Registry;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly answering: () => Answering;
  readonly report: (event: V2Event) => void;
}

/** What an operator should know: no content of a message. */
export type V2Event =
  | { readonly kind: 'refused'; readonly refused: RefusedMessage }
  | { readonly kind: 'trouble'; readonly trouble: InboxTrouble }
  | { readonly kind: 'listener'; readonly cause: unknown };

/** Messages of HL7 v2: taken by the listener, kept in the inbox, converted by the worker. */
export interface V2Intake {
  /** Keeps what came from a topic. */
  readonly takeFromTopic: (message: TopicMessage) => Promise<TopicOutcome>;
  /** Where messages are taken, once `start` has resolved. */
  start(): Promise<MllpAddress>;
  /** Ids of the sources that are silent. */
  silent(): readonly string[];
  /** Answers what was read, ends what is being converted. What waits stays in the inbox. */
  stop(graceMs: number): Promise<void>;
}

/** Wires listener, inbox and worker. Nothing runs before `start`. */
export function openV2(parts: V2Parts): V2Intake {
  const { profiles, clock, report } = parts;
  const watch = new ContactWatch({ profiles, contacts: parts.contacts, clock });
  const figures = new V2Figures(parts.metrics, () => lagS(profiles, worker.oldestMs(), clock()));
  const worker: InboxWorker = new InboxWorker({
    queue: parts.queue,
    lead: parts.lead,
    sources: profiles.map(({ id }) => id),
    deliver: (message) => deliverMessage(parts, message),
    figures,
    lookMs: LOOK_MS,
    report: (trouble) => report({ kind: 'trouble', trouble }),
  });
  const { inbox, answering } = parts;
  const keeping = { profiles, inbox, contacts: watch, figures, answering, kept: () => worker.poke() };
  const topic = new TopicReceiver({ ...keeping, maxBytes: parts.listener.frames.frameBytes });
  const receiver = new MessageReceiver({
    ...keeping,
    report: (refused) => report({ kind: 'refused', refused }),
  });
  const server = new MllpServer({
    ...parts.listener,
    handler: receiver,
    observe: (event) => {
      figures.connection(event.kind === 'rejected' ? `rejected-${event.why}` : event.kind);
      if (event.kind === 'failed') report({ kind: 'listener', cause: event.cause });
    },
  });
  return {
    start: async () => {
      const address = await server.listen();
      watch.start();
      worker.start();
      return address;
    },
    takeFromTopic: (message) => topic.take(message),
    silent: () => watch.silent(),
    stop: async (graceMs) => {
      await server.stop(graceMs);
      await worker.stop();
      await watch.stop();
    },
  };
}

function lagS(
  profiles: readonly V2Profile[],
  oldestMs: ReadonlyMap<string, number>,
  nowMs: number,
): ReadonlyMap<string, number> {
  return new Map(
    profiles.map(({ id }) => [id, Math.max(0, nowMs - (oldestMs.get(id) ?? nowMs)) / MS_PER_S] as const),
  );
}
