import { Kafka, logLevel, type SASLOptions } from 'kafkajs';

const CONNECT_MS = 3_000;
const ANSWER_MS = 10_000;
/** A failure is the caller's to pause for, and to try again. */
const RETRIES = 2;
const RETRY_MS = 100;

/** How to log in to a broker. */
export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly user: string;
  readonly password: string;
}

/** Where Kafka is. */
export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** PEM each; without it connections are plain. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly login?: KafkaLogin | undefined;
  /** Told of what the client meets; names of brokers and topics, nothing of a message. */
  readonly notice?: (level: 'error' | 'warn', text: string) => void;
}

/** A client of Kafka; connects to nothing yet. */
export function openKafka(settings: KafkaSettings): Kafka {
  return new Kafka(kafkaOptions(settings));
}

/** The options of a client, for whoever makes one itself. */
export function kafkaOptions({ brokers, clientId, tls, login, notice }: KafkaSettings) {
  return {
    brokers: [...brokers],
    clientId,
    connectionTimeout: CONNECT_MS,
    authenticationTimeout: ANSWER_MS,
    requestTimeout: ANSWER_MS,
    retry: { retries: RETRIES, initialRetryTime: RETRY_MS },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, log }: { readonly level: logLevel; readonly log: { readonly message: string } }) =>
        notice?.(level === logLevel.ERROR ? 'error' : 'warn', log.message),
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(login === undefined ? {} : { sasl: saslOf(login) }),
  };
}

function saslOf({ mechanism, user: username, password }: KafkaLogin): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
    default:
      return mechanism satisfies never;
  }
}
