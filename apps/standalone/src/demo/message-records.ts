import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { World } from './world.js';

const TIMEOUT_MS = 30_000;
const bundleSchema = z.object({ openings: z.array(z.object({ group: z.string(), bytes: z.base64() })) });
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const linksSchema = z.object({ digest: hex32, salt: hex32, sender: z.string() });

/** What a log record says of a message: its SHA-256, and the salt that opens what Provenance says of it. */
export type MessageRecord = z.infer<typeof linksSchema>;

/** The messages that log records up to an index name, as an auditor may open them. */
export async function messageRecords(world: World, upTo: number): Promise<readonly MessageRecord[]> {
  const token = await world.token('auditor');
  const { origin } = new URL(world.running.fhirBase);
  const found: MessageRecord[] = [];
  for (let index = 0; index <= upTo; index += 1) {
    // oxlint-disable no-await-in-loop -- one record after the other
    const response = await fetch(`${origin}/receipts/${index}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body: unknown = await response.json();
    // oxlint-enable no-await-in-loop
    const { openings } = bundleSchema.parse(body);
    for (const { group, bytes } of openings) {
      if (!group.endsWith('/links')) continue;
      const links = linksSchema.safeParse(JSON.parse(Buffer.from(bytes, 'base64').toString('utf8')));
      if (links.success) found.push(links.data);
    }
  }
  return found;
}

/** What a Provenance says of a payload: nobody can try what it held without the record's salt. `docs/spec/provenance.md`. */
export function commitmentOf({ digest, salt }: MessageRecord): string {
  const parts = [Buffer.from('proviso/v1/payload\0', 'latin1'), Buffer.from(salt + digest, 'hex')];
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex');
}
