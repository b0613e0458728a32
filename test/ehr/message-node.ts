import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { z } from 'zod';
import type { Config } from '#config';
import type { MllpAddress, V2Profile } from '#ehr';
import { GatewayError } from '#outcome';
import { RowMac, SqlInbox } from '#store';
import { openMessages } from '../../apps/standalone/src/node/open-messages.js';
import type { Ground } from '../../apps/standalone/src/node/storage.js';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';

/** What of a node takes messages, as its settings say. What is kept waits: nothing is converted. */
export interface MessageNode {
  readonly address: MllpAddress;
  readonly inbox: SqlInbox;
  close(): Promise<void>;
}

/** Takes messages of these senders. */
export async function openMessageNode(config: Config, profiles: readonly V2Profile[]): Promise<MessageNode> {
  const database = await openTestDatabase();
  const context = { tenant: 'default', mac: new RowMac(randomBytes(32)) };
  const { pool } = database;
  const inbox = new SqlInbox({ ...context, pool, clock: Date.now, random: randomBytes });
  const sink = {
    accept: () => Promise.reject(new GatewayError('seal-unavailable')),
    refreshedMs: () => Promise.resolve(new Map()),
  };
  const v2 = openMessages(profiles, sink, {
    config,
    ground: z.custom<Ground>().parse({ pool, context }),
    inbox,
    log: pino({ level: 'silent' }),
    metrics: new Registry(),
    incident: () => undefined,
    clock: Date.now,
    random: randomBytes,
  });
  if (v2 === undefined) throw new Error('No messages are taken.');
  const address = await v2.start();
  return {
    address,
    inbox,
    close: async () => {
      await v2.stop(1_000);
      await database.close();
    },
  };
}
