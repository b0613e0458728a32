import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { runStatements } from '#store';
import { hexOf } from '../../apps/cli/src/registry.js';
import { startNode, startSystem, type System } from './children.js';
import { bindAll, grantAll, type BoundPerson } from './grants.js';
import type { BenchPerson } from './people.js';

/** Who reads. */
export const READER = 'demo-app';
/** Who writes, as a source of its own. */
export const WRITER = 'writer-app';
/** What whoever writes is granted. */
export const WRITES = ['access', 'collect', 'correct'] as const;

const BOUND = { patient: z.string(), privateKey: z.string(), subject: z.string().transform(hexOf) };
const PEOPLE = z.object({
  granted: z.array(z.object({ ...BOUND, observations: z.array(z.string()) })),
  written: z.array(z.object(BOUND)),
});

/** How large the store is. */
export interface WorldSize {
  /** People who grant the reader their Observations. */
  readonly granted: number;
  /** People who let the writer write about them, and nobody read. */
  readonly written: number;
  /** People who grant nobody anything. */
  readonly hidden: number;
  readonly observations: number;
}

/** A running system with people in it. */
export interface World {
  readonly system: System;
  readonly granted: readonly (BenchPerson & BoundPerson)[];
  readonly written: readonly BoundPerson[];
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
  const people = PEOPLE.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { system, ...people, coldMs, warmMs: system.startMs };
}

async function populate(
  system: System,
  env: Readonly<Record<string, string | undefined>>,
  { granted, written, hidden, observations }: WorldSize,
): Promise<Pick<World, 'granted' | 'written'>> {
  const node = await startNode(system, 'all', { ...env, GATEWAY_ID: 'bench-load' });
  const add = async (people: number) => {
    const added = await node.ask({ kind: 'add-people', people, observations });
    return added.kind === 'people' ? added.people : [];
  };
  const [readable, writable] = [await add(granted), await add(written)];
  await add(hidden);
  await node.stop();
  const { ready, nodeEnv } = system;
  const patients = [...readable, ...writable].map(({ patient }) => patient);
  const bound = await bindAll(ready, patients);
  await grantAll(ready, bound.slice(0, granted), { client: READER });
  await grantAll(ready, bound.slice(granted), { client: WRITER, actions: WRITES });
  await runStatements(nodeEnv['DATABASE_URL'] ?? '', 'vacuum analyze');
  const keys = new Map(bound.map((person) => [person.patient, person]));
  return {
    granted: readable.flatMap((person) => {
      const key = keys.get(person.patient);
      return key === undefined ? [] : [{ ...person, ...key }];
    }),
    written: bound.slice(granted),
  };
}
