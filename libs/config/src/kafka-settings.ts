import { z } from 'zod';
import { filePath, FORMS, listOf, oneOf, whole } from './forms.js';

const topic = () =>
  z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be a name of a topic')
    .register(FORMS, { form: 'name of a topic' });

/** Where Kafka is, and what goes through it. */
export const kafka = {
  KAFKA_BROKERS: listOf(
    z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,253}:\d{1,5}$/, 'must be host:port')
      .register(FORMS, { form: 'host:port' }),
    '`host:port`',
  )
    .optional()
    .describe('Kafka brokers to begin with; without them no events are published (`docs/events.md`).'),
  KAFKA_CLIENT_ID: topic().default('proviso').describe('Name by which brokers know this gateway.'),
  KAFKA_TOPIC_PREFIX: topic()
    .default('proviso')
    .describe('First part of the names of topics: `<prefix>.<tenant>.changes` and others.'),
  KAFKA_PARTITIONS: whole(1, 10_000)
    .default(6)
    .describe('Partitions of a topic of events that is not there yet, and is made.'),
  KAFKA_TLS: oneOf(['0', '1']).default('0').describe('Whether connections to brokers are encrypted.'),
  KAFKA_TLS_CA_FILE: filePath()
    .optional()
    .describe("Authorities of the brokers' certificates, PEM; default are those of Node."),
  KAFKA_TLS_CERT_FILE: filePath().optional().describe('Client certificate for brokers, PEM.'),
  KAFKA_TLS_KEY_FILE: filePath().optional().describe('Private key of `KAFKA_TLS_CERT_FILE`, PEM.'),
  KAFKA_PLAINTEXT: oneOf(['0', '1'])
    .default('0')
    .describe(
      'Whether brokers beyond loopback are reached without TLS: only on a network that protects them.',
    ),
  KAFKA_SASL_MECHANISM: oneOf(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to log in to brokers.'),
  KAFKA_SASL_USER: z
    .string()
    .min(1)
    .max(256)
    .register(FORMS, { form: 'text' })
    .optional()
    .describe('Name for the login.'),
  KAFKA_SASL_PASSWORD_FILE: filePath().optional().describe('File that holds the password for the login.'),
  KAFKA_INTAKE_TOPIC: topic()
    .optional()
    .describe('Topic from which HL7 v2 messages are taken, of sources whose `peers` say `topic`.'),
  KAFKA_INTAKE_GROUP: topic().default('proviso-intake').describe('Consumer group of the intake.'),
  KAFKA_INTAKE_REPLY_TOPIC: topic().optional().describe('Topic that gets the answers to messages (ACK).'),
  KAFKA_INTAKE_DEAD_TOPIC: topic()
    .optional()
    .describe(
      'Topic that gets a reason, and no content, for what is not taken; default is the intake topic and `.dead`.',
    ),
};
