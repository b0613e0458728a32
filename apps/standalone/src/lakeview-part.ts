import { fileURLToPath } from 'node:url';
import { GatewayError } from '#outcome';
import { Child } from './child.js';
import type { ReadyFile } from './ready.js';

const READY_MS = 60_000;
const SCRIPT = fileURLToPath(new URL('../../demo-ehr/src/lakeview.main.js', import.meta.url));

/** The listener that a vendor's messages go to. */
export type MllpAddress = NonNullable<ReadyFile['mllp']>;

/** Lakeview as the other parts see it: a process that sends. */
export interface LakeviewPart {
  readonly child: Child;
  /** Its control endpoint. */
  readonly adminUrl: string;
}

/** Starts Lakeview, which sends to a listener; its control endpoint keeps its address when it is started again. */
export async function startLakeview(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mllp: MllpAddress;
  readonly log: (line: string) => void;
}): Promise<LakeviewPart> {
  const { env, mllp, log } = options;
  let port = '0';
  const child = new Child({
    name: 'lakeview',
    script: SCRIPT,
    env: () => ({
      ...env,
      HOST: '127.0.0.1',
      PORT: port,
      MLLP_HOST: mllp.host,
      MLLP_PORT: String(mllp.port),
    }),
    restart: true,
    readyMs: READY_MS,
    log,
  });
  const { adminUrl } = await child.start();
  if (typeof adminUrl !== 'string')
    throw new GatewayError('internal', { details: 'Lakeview did not say its control endpoint.' });
  port = new URL(adminUrl).port;
  return { child, adminUrl };
}
