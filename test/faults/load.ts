import { setTimeout as sleep } from 'node:timers/promises';
import type { GrantFile } from '../../apps/cli/src/grant-file.js';
import { mustReceipt, type Receipt } from '../e2e/answers.js';
import type { Asked } from '../e2e/system.js';
import type { Wallet } from './wallet.js';

/** The client that persons grant and revoke. */
export const APP = 'second-app';

/** What the gateway acknowledged to somebody: it must hold for ever. */
export interface Acknowledged {
  readonly receipts: Receipt[];
  readonly granted: { readonly wallet: Wallet; readonly made: GrantFile }[];
  readonly revoked: { readonly wallet: Wallet; readonly made: GrantFile }[];
  readonly broken: string[];
  /** Statuses that a reader met, with how often. */
  readonly statuses: Map<string, number>;
}

/** What a client of the test works with. */
export interface Work {
  readonly acknowledged: Acknowledged;
  readonly stop: AbortSignal;
}

/** Reads without a pause, and keeps every receipt. */
export async function read(system: Asked, { patient }: Wallet, { acknowledged, stop }: Work): Promise<void> {
  const { statuses, receipts } = acknowledged;
  while (!stop.aborted) {
    // oxlint-disable no-await-in-loop -- one read after the other
    const answer = await system.fhir('demo-app', `/Observation?patient=${patient}`).catch(() => undefined);
    const seen =
      answer === undefined ? 'none' : `${answer.status}${answer.status === 200 ? '' : ` ${answer.text}`}`;
    statuses.set(seen, (statuses.get(seen) ?? 0) + 1);
    if (answer?.status === 200) receipts.push(mustReceipt(answer));
    else await sleep(100);
    // oxlint-enable no-await-in-loop
  }
}

/** Grants, waits until it counts, revokes; from the acknowledgement on nobody may be served. */
export async function grantAndRevoke(wallet: Wallet, { acknowledged, stop }: Work): Promise<void> {
  const { granted, revoked, receipts, broken } = acknowledged;
  while (!stop.aborted) {
    // oxlint-disable no-await-in-loop -- a person does one thing after the other
    const { made, signed } = wallet.grant(APP);
    const filed = await wallet.handIn(signed, stop);
    if (stop.aborted) return;
    if (filed !== undefined) receipts.push(filed);
    granted.push({ wallet, made });
    while (!stop.aborted && (await wallet.statusFor(APP)) !== 200) await sleep(100);
    if (stop.aborted) return;
    const taken = await wallet.handIn(wallet.revocation(made), stop);
    if (taken === undefined) return;
    receipts.push(taken);
    revoked.push({ wallet, made });
    for (let look = 0; look < 3; look += 1) {
      if ((await wallet.statusFor(APP)) === 200) broken.push(`served after ${made.grantId} was revoked`);
    }
    // oxlint-enable no-await-in-loop
  }
}
