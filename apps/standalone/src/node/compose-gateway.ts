import type { Parts } from '../../../gateway/src/parts.js';
import type { AuthorizationServer } from '#oauth';
import { authorizationServer, registerFirstClients } from './access.js';
import type { GatewaySources } from './gateway-sources.js';
import { makeParts } from './make-parts.js';
import { steadyClock } from './steady-clock.js';
import { UnidentifiedTally } from './unidentified-tally.js';

const SWEEP_MS = 60_000;

/** What a node answers clients with. */
export interface ComposedGateway {
  readonly parts: Parts;
  readonly authorization: AuthorizationServer;
  /** Writes what was only counted. The log must still be open. */
  stop(): Promise<void>;
}

/** Wires what clients ask: registers the first clients, sweeps tokens that ended, counts answers to nobody. */
export async function composeGateway(from: GatewaySources): Promise<ComposedGateway> {
  const { config, keyring, addresses, log, stores, sealed, clock, random } = from;
  const { tokens } = stores;
  await registerFirstClients(config.CLIENTS_FILE, tokens, sealed.log);
  const report = (error: unknown) => log.error({ err: error }, 'tally');
  const tally = new UnidentifiedTally(sealed.log, { clock, random }, report);
  const steady = steadyClock({
    wall: Date.now,
    elapsed: () => performance.now(),
    floor: () => sealed.newestMs(),
  });
  const authorization = authorizationServer(config, addresses, { keyring, tokens, log, clock: steady });
  const sweep = () => void tokens.sweep(Date.now()).catch(() => undefined);
  const sweeper = setInterval(sweep, SWEEP_MS).unref();
  return {
    parts: makeParts({ ...from, tally, authorization }),
    authorization,
    stop: async () => {
      clearInterval(sweeper);
      await tally.stop();
    },
  };
}
