import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';
import { grantAll, revoke, type BoundPerson } from './grants.js';

/** Nobody granted it anything for good. */
const CLIENT = 'third-app';
const PAUSE_MS = 1_000;

/** How often it was done, and how often it took too long: on a busy machine a chain node may be late. */
export interface Revocations {
  readonly done: number;
  readonly late: number;
}

/** One person after the other grants, waits until it counts, and revokes. */
export async function revocations(
  people: readonly BoundPerson[],
  ready: ReadyFile,
  stop: AbortSignal,
): Promise<Revocations> {
  let [done, late] = [0, 0];
  while (!stop.aborted) {
    const person = people[(done + late) % people.length];
    if (person === undefined) throw new Error('there is nobody');
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    if (await grantedAndRevoked(ready, person)) done += 1;
    else late += 1;
  }
  return { done, late };
}

async function grantedAndRevoked(ready: ReadyFile, person: BoundPerson): Promise<boolean> {
  try {
    const [grant] = await grantAll(ready, [person], { client: CLIENT });
    if (grant !== undefined) await revoke(ready, person, grant);
    return grant !== undefined;
  } catch {
    await sleep(PAUSE_MS);
    return false;
  }
}
