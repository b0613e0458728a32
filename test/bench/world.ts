import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runStatements } from '#store';
import { startNode, startSystem, type System } from './children.js';
import { grantAll } from './grants.js';
import type { BenchPerson } from './people.js';

const CLIENT = 'demo-app';
const PEOPLE = z.array(z.object({ patient: z.string(), observations: z.array(z.string()) }));

/** How large the store is. */
export interface WorldSize {
  /** People who grant the client their Observations. */
  readonly granted: number;
  /** People who grant nobody anything. */
  readonly hidden: number;
  readonly observations: number;
}

/** A running system with people in it. */
export interface World {
  readonly system: System;
  readonly granted: readonly BenchPerson[];
  /** Of the first start, with everything to be made; `undefined` where the folder was there already. */
  readonly coldMs: number | undefined;
  readonly warmMs: number;
}

/** Makes the people at the first start, and starts the system again with them. */
export async function openWorld(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
  size: WorldSize,
): Promise<World> {
  const file = join(dataDir, 'bench-people.json');
  let coldMs: number | undefined;
  if (!existsSync(file)) {
    const system = await startSystem(env);
    coldMs = system.startMs;
    writeFileSync(file, JSON.stringify(await populate(system, env, size)));
    await system.stop();
  }
  const system = await startSystem(env);
  const granted = PEOPLE.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { system, granted, coldMs, warmMs: system.startMs };
}

async function populate(
  system: System,
  env: Readonly<Record<string, string | undefined>>,
  { granted, hidden, observations }: WorldSize,
): Promise<World['granted']> {
  const node = await startNode(system, 'all', { ...env, GATEWAY_ID: 'bench-load' });
  const visible = await node.ask({ kind: 'add-people', people: granted, observations });
  await node.ask({ kind: 'add-people', people: hidden, observations });
  await node.stop();
  if (visible.kind !== 'people') throw new Error('no people were made');
  await grantAll(
    system.ready,
    visible.people.map(({ patient }) => patient),
    CLIENT,
  );
  await runStatements(system.nodeEnv['DATABASE_URL'] ?? '', 'vacuum analyze');
  return visible.people;
}
