import { readFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from '#config';
import { EventPublisher, KafkaWire, openKafka, type KafkaSettings } from '#events';
import type { Follower } from '#provenance';
import { SqlEventTails, type SqlFollowerPositions } from '#store';
import { originOf } from '../policy-file.js';
import type { FollowedNode } from './followed-node.js';

const NAME = 'events';

/** A follower that holds a connection. */
export interface OpenFollower {
  readonly follower: Follower;
  close(): Promise<void>;
}

/** The publisher of events, where brokers are given. Connects when there is something to publish. */
export function openEvents(node: FollowedNode, positions: SqlFollowerPositions): OpenFollower | undefined {
  const { config, keyring, ground, log } = node;
  const settings = kafkaSettings(config, log);
  if (settings === undefined) return undefined;
  const { pool, context } = ground;
  const { TENANT: tenant } = config;
  const wire = new KafkaWire({ kafka: openKafka(settings), newPartitions: config.KAFKA_PARTITIONS });
  const follower = new EventPublisher({
    name: NAME,
    wire,
    state: new SqlEventTails(pool, tenant, positions, NAME),
    names: {
      origin: originOf(config),
      subjectKey: (person) =>
        Buffer.from(context.mac.of('event_subject', { tenant, person })).toString('base64url'),
    },
    prefix: config.KAFKA_TOPIC_PREFIX,
    tenant,
    key: keyring.events.privateKey,
  });
  const publisher = createPublicKey(keyring.events.privateKey).export({ format: 'jwk' }).x;
  log.info({ publisher }, 'events are signed with this Ed25519 key');
  return { follower, close: () => wire.close() };
}

/** Where Kafka is; `undefined` where no brokers are given. Throws where a file cannot be read. */
export function kafkaSettings(config: Config, log: Logger): KafkaSettings | undefined {
  const { KAFKA_BROKERS: brokers } = config;
  if (brokers === undefined) return undefined;
  return {
    brokers,
    clientId: config.KAFKA_CLIENT_ID,
    tls: config.KAFKA_TLS === '0' ? undefined : tlsOf(config),
    login: loginOf(config),
    notice: (level, text) => log[level]({ kafka: text }, 'kafka'),
  };
}

function tlsOf(config: Config): NonNullable<KafkaSettings['tls']> {
  const files = {
    ca: config.KAFKA_TLS_CA_FILE,
    cert: config.KAFKA_TLS_CERT_FILE,
    key: config.KAFKA_TLS_KEY_FILE,
  };
  const given = Object.entries(files).flatMap(([name, file]) =>
    file === undefined ? [] : [[name, readFileSync(file, 'utf8')] as const],
  );
  return Object.fromEntries(given);
}

function loginOf(config: Config): KafkaSettings['login'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USER: user, KAFKA_SASL_PASSWORD_FILE: file } = config;
  if (mechanism === undefined || user === undefined || file === undefined) return undefined;
  return { mechanism, user, password: readFileSync(file, 'utf8').trimEnd() };
}
