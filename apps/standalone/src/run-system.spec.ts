import { ConfigFaults, GivenUp, type Launched } from './launch.js';
import { runSystem } from './run-system.js';

const ready: Launched['ready'] = {
  fhirBase: 'http://127.0.0.1:8080/fhir/R4',
  tokenUrl: 'http://127.0.0.1:8080/oauth/token',
  chain: {
    rpcUrl: 'http://127.0.0.1:1',
    id: '7',
    contracts: { consentRegistry: '0x', anchorRegistry: '0x' },
  },
  log: { origin: 'o', vkeys: [] },
  people: [],
  clients: [],
  pid: 1,
  startedAt: '2026-01-02T03:04:05Z',
};

const play = async (launch: () => Promise<() => Promise<void>>, isTold = true) => {
  const stopping = new AbortController();
  if (isTold) stopping.abort();
  const said: string[] = [];
  const code = await runSystem({
    launch: async () => ({ ready, stop: await launch() }),
    stopping: stopping.signal,
    running: () => said.push('running'),
    complain: (line) => said.push(line),
  });
  return { code, said };
};
const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};

describe('runSystem', () => {
  it('ends with 0 where everything stopped when it was told to', async () => {
    expect(await play(async () => async () => undefined)).toEqual({ code: 0, said: ['running'] });
  });

  it('ends with 0, and says nothing, where the start was given up', async () => {
    expect(await play(failing(new GivenUp(new Error('ended early'))))).toEqual({ code: 0, said: [] });
  });

  it('ends with 1 and says why where a part does not stop', async () => {
    const said = ['running', 'postgres does not end'];
    expect(await play(async () => failing(new Error('postgres does not end')))).toEqual({ code: 1, said });
  });

  it('ends with 1 and every fault where it does not start, told to stop or not', async () => {
    const faults = new ConfigFaults(['PORT: must be a port', 'HOST: must be a host']);
    for (const isTold of [true, false]) {
      expect(await play(failing(faults), isTold)).toEqual({ code: 1, said: faults.faults });
    }
    expect(await play(failing(new Error('no disk')), false)).toEqual({ code: 1, said: ['no disk'] });
  });
});
