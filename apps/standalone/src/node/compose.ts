import { randomBytes } from 'node:crypto';
import type { PartsProbe } from '#http';
import type { Parts as AuditParts } from '../../../audit/src/parts.js';
import { auditParts } from './audit-parts.js';
import { composeGateway, type ComposedGateway } from './compose-gateway.js';
import type { NodeOptions } from './node-options.js';
import { passGates } from './pass-gates.js';
import { partsProbes } from './probes.js';
import { startFollowers } from './start-followers.js';
import { startIntake, type MessagesAddress } from './start-intake.js';
import { startLedger } from './start-ledger.js';
import { startMonitor } from './start-monitor.js';

const MS_PER_S = 1_000;

/** A node, wired and past its gates, before it listens. */
export interface ComposedNode {
  /** What clients are answered with; `undefined` where that is another process's role. */
  readonly gateway: ComposedGateway | undefined;
  /** What auditors are answered with; likewise. */
  readonly audit: AuditParts | undefined;
  readonly probes: readonly PartsProbe[];
  /** Begins to follow the chain, to pull from sources and to take messages; gives where, if any source sends some. */
  start(): Promise<MessagesAddress | undefined>;
  /** Stops in the opposite order; the log's session is closed last. */
  stop(): Promise<void>;
}

/**
 * Wires a node: database, chain and log for every role, and what its roles need beside them. Throws, naming what is wrong,
 * where a gate does not open.
 */
export async function composeNode(options: NodeOptions): Promise<ComposedNode> {
  const { config } = options;
  const roles = new Set(config.NODE_ROLES);
  const clock = () => Date.now() + config.DEV_CLOCK_OFFSET_S * MS_PER_S;
  const opened = await passGates(options, clock);
  const sealed = opened.sealed.log;
  const ledger = roles.has('ledger') ? startLedger({ ...options, ...opened, sealed }) : undefined;
  const followers = roles.has('ledger') ? startFollowers({ ...options, ...opened, clock }) : undefined;
  const monitor = startMonitor({ ...options, ...opened, followers, clock });
  const { inbox } = opened.stores;
  const intake = await startIntake({ ...options, ...opened, inbox, sealed, clock, random });
  const { refresh, writes } = intake;
  const poke = () => ledger?.poke();
  const answers = roles.has('gateway') || roles.has('audit');
  const answering = answers
    ? await composeGateway({ ...options, ...opened, clock, random, poke, refresh, writes })
    : undefined;
  return {
    gateway: roles.has('gateway') ? answering : undefined,
    audit: roles.has('audit') ? answering && auditParts(answering.parts, opened.stores) : undefined,
    probes: partsProbes({ ...options, ...opened, clock, health: intake.health }),
    start: async () => {
      ledger?.start();
      followers?.start();
      monitor.start();
      return intake.start();
    },
    stop: async () => {
      await intake.stop();
      await monitor.stop();
      await answering?.stop();
      await followers?.stop();
      await ledger?.stop();
      await opened.close();
    },
  };
}

function random(bytes: number): Uint8Array {
  return randomBytes(bytes);
}
