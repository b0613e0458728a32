import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where messages of HL7 v2 are taken. */
export const mllpSchema = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.boolean().describe('Whether the listener speaks TLS, with client certificates.'),
});

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`));

/** What `DATA_DIR/ready.json` tells programs while the system answers. Its JSON Schema is `docs/ready.schema.json`. */
export const readySchema = z
  .strictObject({
    fhirBase: z.url().describe('Base of the FHIR API.'),
    tokenUrl: z.url().describe('Token endpoint.'),
    mllp: mllpSchema.optional().describe('Listener for HL7 v2 by MLLP; absent where no source speaks it.'),
    chain: z.strictObject({
      rpcUrl: z.url().describe('JSON-RPC endpoint of the chain node.'),
      id: z.string().regex(/^\d+$/).describe('Chain id, decimal.'),
      contracts: z.strictObject({ consentRegistry: hex(20), anchorRegistry: hex(20) }),
    }),
    log: z.strictObject({
      origin: z.string().min(1).describe('Origin of the log, the first line of its checkpoints.'),
      vkeys: z.array(z.string().min(1)).min(1).describe('Verifier keys of the log, C2SP signed-note form.'),
    }),
    people: z
      .array(
        z.strictObject({
          patient: z.uuid().describe('Id of the Patient at the FHIR API.'),
          subjects: z.array(hex(32)).describe('Chain subjects that are bound to the person.'),
          privateKey: hex(32).describe('Key that signs for these subjects. Synthetic people only.'),
        }),
      )
      .describe('The synthetic people of the demo vendor; empty where a site runs its own sources.'),
    clients: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          jwk: z.record(z.string(), z.unknown()).describe('Private key, for the signed assertion.'),
          scope: z.string(),
          purpose: z.string().describe('The one purpose of use of the tokens, a code of v3-ActReason.'),
        }),
      )
      .describe('Clients that were registered for trying things out.'),
    pid: z.int().positive(),
    startedAt: z.iso.datetime(),
  })
  .describe(
    'Where a running Proviso answers. The file has mode 0600; it appears when everything answers, and goes at the stop.',
  );

/** The content of `ready.json`. */
export type ReadyFile = z.infer<typeof readySchema>;

/** The JSON Schema of `ready.json`, as it stands in the docs. */
export function readySchemaDocument(): string {
  return `${JSON.stringify(z.toJSONSchema(readySchema), null, 2)}\n`;
}

/** Writes `ready.json` in one step, mode 0600: a reader finds all of it or none. */
export function writeReady(dataDir: string, ready: ReadyFile): void {
  const file = join(dataDir, 'ready.json');
  const temporary = `${file}.${process.pid}`;
  const handle = openSync(temporary, 'w', 0o600);
  writeSync(handle, `${JSON.stringify(readySchema.parse(ready), null, 2)}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(temporary, file);
}

/** Takes `ready.json` away, at the stop and before a start. */
export function removeReady(dataDir: string): void {
  rmSync(join(dataDir, 'ready.json'), { force: true });
}
