import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { Principal } from '#smart';
import { isJudged, type RowChange } from '#store';
import { z } from 'zod';
import type { Incoming } from './incoming.js';
import { operate, type Operation } from './operation.js';
import type { PipelineParts } from './pipeline-parts.js';

const SEEN: RowChange = { kind: 'seen', identifiers: [], patients: [], versions: [], persons: [] };
const request = z.custom<Incoming>().parse({ method: 'POST', path: '/x', query: '', body: new Uint8Array() });

/** Runs an operation whose records the log refuses so many times; gives how often it was handled. */
async function handledTimes(writes: readonly RowChange[], refusals: number): Promise<number> {
  let [handled, left] = [0, refusals];
  const operation: Operation<unknown, RowChange, PipelineParts<RowChange>> = {
    name: 'any',
    role: undefined,
    input: z.unknown(),
    handle: () => {
      handled += 1;
      return Promise.resolve({
        status: 200,
        body: {},
        class: ENTRY_CLASS.configuration,
        subjects: [],
        writes,
      });
    },
  };
  const parts = z.custom<PipelineParts<RowChange>>().parse({
    authenticate: () => Promise.resolve(z.custom<Principal>().parse({ client: 'c', roles: [] })),
    admission: { enter: () => undefined, leave: () => undefined },
    clock: () => 1,
    lastSealedMs: () => 0,
    newId: () => 'id',
    projection: () => Promise.resolve(undefined),
    storageFault: () => undefined,
    isJudged,
    log: {
      append: () =>
        (left -= 1) < 0 ? Promise.resolve([{}]) : Promise.reject(new GatewayError('version-conflict')),
    },
  });
  await operate(operation, request, () => ({}), parts);
  return handled;
}

describe('operate', () => {
  it('handles anew what was judged by who is who, where that changed meanwhile', async () => {
    expect(await handledTimes([SEEN], 2)).toBe(3);
  });

  it('gives up at last, and handles nothing else twice', async () => {
    expect(await handledTimes([SEEN], 5)).toBe(5);
    expect(await handledTimes([], 1)).toBe(1);
  });
});
