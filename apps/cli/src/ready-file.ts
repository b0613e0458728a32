import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError, EXIT } from './exit.js';

const schema = z.object({
  fhirBase: z.url(),
  tokenUrl: z.url(),
  chain: z.object({
    rpcUrl: z.url(),
    id: z.string(),
    contracts: z.object({ consentRegistry: z.string(), anchorRegistry: z.string() }),
  }),
  log: z.object({ origin: z.string(), vkeys: z.array(z.string()) }),
  people: z.array(z.object({ patient: z.string(), subjects: z.array(z.string()), privateKey: z.string() })),
  clients: z.array(
    z.object({
      id: z.string(),
      jwk: z.record(z.string(), z.unknown()),
      scope: z.string(),
      purpose: z.string(),
    }),
  ),
});

/** Where a running Proviso answers, as far as the command needs it. */
export type ReadyFile = z.infer<typeof schema>;

/** Reads `ready.json` of a data folder. Ends the command where nothing runs there. */
export function readyFile(dataDir: string): ReadyFile {
  const file = join(dataDir, 'ready.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CommandError(
      `Nothing runs with the data folder ${dataDir} (no ready.json); start it, or name --data.`,
      EXIT.usage,
    );
  }
  return schema.parse(JSON.parse(text));
}
