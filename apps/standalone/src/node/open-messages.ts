import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '#config';
import { senderOf, type IntakeSink, type MllpServerOptions, type V2Profile } from '#ehr';
import { SourceLead, SqlInboxQueue, SqlSourceContacts, type SqlInbox } from '#store';
import { ConversionThread } from '../../../ingest/src/v2/conversion-thread.js';
import type { InboxTrouble } from '../../../ingest/src/v2/inbox-worker.js';
import { openV2, type V2Event, type V2Intake } from '../../../ingest/src/v2/open-v2.js';
import type { ReportIncident } from './incidents.js';
import { openTopic } from './open-topic.js';
import type { Ground } from './storage.js';

const STRAY_BYTES = 4_096;
const LINGER_MS = 2_000;
const OWN_BYTES = 65_536;
/** Frames of the largest size that may be under way at a time, whatever small ones are. */
const LARGE_FRAMES = 16;
const ANSWER_ID_BYTES = 10;

/** What the intake of messages takes from a node. */
export interface MessagesOptions {
  readonly config: Config;
  readonly ground: Ground;
  readonly inbox: SqlInbox;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly incident: ReportIncident;
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
}

/** The intake of HL7 v2 for these senders; none where there is no sender. Throws where a certificate cannot be read. */
export function openMessages(
  profiles: readonly V2Profile[],
  sink: IntakeSink,
  options: MessagesOptions,
): V2Intake | undefined {
  if (profiles.length === 0) return undefined;
  const { config, ground, inbox, metrics, clock, random } = options;
  const { pool, context } = ground;
  const thread = new ConversionThread(profiles.map(senderOf));
  const intake = openV2({
    profiles,
    normalise: (bytes, source) => thread.normalise(bytes, source),
    listener: listenerOf(config),
    inbox,
    queue: new SqlInboxQueue(pool, context),
    lead: new SourceLead(pool, config.TENANT),
    contacts: new SqlSourceContacts(pool, config.TENANT),
    sink,
    metrics,
    clock,
    answering: () => ({
      application: 'PROVISO',
      facility: config.TENANT.toUpperCase(),
      id: Buffer.from(random(ANSWER_ID_BYTES)).toString('hex'),
      timeMs: clock(),
    }),
    report: (event) => tell(event, options),
  });
  const topic = openTopic(intake.takeFromTopic, options);
  return {
    ...intake,
    start: async () => {
      const address = await intake.start();
      topic?.start();
      return address;
    },
    stop: async (graceMs) => {
      await topic?.stop();
      await intake.stop(graceMs);
      await thread.stop();
    },
  };
}

function listenerOf(config: Config): Omit<MllpServerOptions, 'handler' | 'observe'> {
  const { MLLP_TLS_CERT_FILE: cert, MLLP_TLS_KEY_FILE: key, MLLP_TLS_CA_FILE: ca } = config;
  const isTls = cert !== undefined && key !== undefined;
  return {
    host: config.MLLP_HOST,
    port: config.MLLP_PORT,
    tls: isTls
      ? {
          cert: readFileSync(cert),
          key: readFileSync(key),
          ca: ca === undefined ? undefined : readFileSync(ca),
        }
      : undefined,
    frames: { frameBytes: config.MLLP_MAX_BYTES, strayBytes: STRAY_BYTES },
    times: { idleMs: config.MLLP_IDLE_MS, frameMs: config.MLLP_FRAME_MS, lingerMs: LINGER_MS },
    memory: { ownBytes: OWN_BYTES, sharedBytes: LARGE_FRAMES * config.MLLP_MAX_BYTES },
    connections: config.MLLP_CONNECTIONS,
    connectionsPerAddress: config.MLLP_CONNECTIONS_PER_ADDRESS,
  };
}

/** Who was refused and why, and rows by their ids: nothing of a message. */
/** What the log says; a row that was altered is an incident. */
const TROUBLES: Readonly<Record<Exclude<InboxTrouble['kind'], 'altered'>, string>> = {
  failed: 'a message failed',
  unavailable: 'messages wait',
  fault: 'the worker of the inbox failed, and tries again',
};

function tell(event: V2Event, { log, incident }: MessagesOptions): void {
  if (event.kind === 'listener') log.error({ err: event.cause }, 'the listener for messages');
  else if (event.kind === 'refused') {
    const { reason, peer, cause } = event.refused;
    log.warn({ reason, address: peer.address, err: cause }, 'a message was refused');
  } else if (event.trouble.kind === 'altered') {
    incident('row-altered', { table: 'inbox', key: event.trouble.id });
  } else {
    const { kind, id, reason, cause } = event.trouble;
    log[kind === 'fault' ? 'error' : 'warn']({ inbox: id, reason, err: cause }, TROUBLES[kind]);
  }
}
