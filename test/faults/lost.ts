import { checkpointOf, entriesOf, leafOf } from '../e2e/checkpoint.js';
import type { Asked } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import type { Acknowledged } from './load.js';

const GAP_CLASS = 5;
/** A loaded machine may take long. */
const LIMIT_MS = 90_000;

/** What was acknowledged and does not hold: receipts with another leaf at their index, revoked grants that serve. */
export async function lostOf(system: Pick<Asked, 'ask' | 'bytes'>, acknowledged: Acknowledged) {
  const held = [...acknowledged.receipts];
  const top = held.reduce((most, { index }) => (index > most ? index : most), 0n);
  const { size } = await until('the checkpoint covers what was acknowledged', LIMIT_MS, async () => {
    const newest = await checkpointOf(system);
    return newest.size > top ? newest : undefined;
  });
  const leaves = (await entriesOf(system, size)).map(leafOf);
  const receipts = held.filter(({ index, leaf }) => leaves[Number(index)] !== leaf);
  return { receipts, revocations: [...acknowledged.broken, ...(await revived(acknowledged))] };
}

/** The newest revoked grant of each person, where the gateway says that it is anything but ended. */
async function revived({ revoked }: Acknowledged): Promise<readonly string[]> {
  const newest = new Map(revoked.map((each) => [each.wallet.patient, each]));
  const states = await Promise.all(
    [...newest.values()].map(async ({ wallet, made }) => ({ made, state: await wallet.stateOf(made) })),
  );
  return states.flatMap(({ made, state }) =>
    state === undefined || state === 'ended' ? [] : [`${made.grantId} is ${state}`],
  );
}

/** How many sessions that nobody closed have a gap record. */
export async function gapsOf(system: Pick<Asked, 'ask' | 'bytes'>): Promise<number> {
  const { size } = await checkpointOf(system);
  return (await entriesOf(system, size)).filter((entry) => entry[3] === GAP_CLASS).length;
}
