import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Hex, Terms } from '#consent';
import { CommandError, EXIT } from './exit.js';

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]+$/.test(value));
const big = z.string().regex(/^\d+$/).transform(BigInt);
const schema = z.object({
  patient: z.string(),
  subject: hex,
  grantId: hex,
  version: z.int(),
  commitment: hex,
  terms: z.object({
    vocabulary: hex,
    grantee: hex,
    classes: big,
    purposes: big,
    consentHash: hex,
    salt: hex,
  }),
  consent: z.string(),
});

/** What the signer of a grant keeps: without terms and salt nobody can open the commitment on the chain. */
export interface GrantFile {
  readonly patient: string;
  readonly subject: Hex;
  readonly grantId: Hex;
  readonly version: number;
  readonly commitment: Hex;
  readonly terms: Terms;
  /** Base64 of the signed Consent. */
  readonly consent: string;
}

/** Terms as JSON: bitmaps are decimal strings. */
export function termsJson(terms: Terms): Record<string, string> {
  return { ...terms, classes: String(terms.classes), purposes: String(terms.purposes) };
}

export function writeGrant(file: string, grant: GrantFile): void {
  writeFileSync(file, `${JSON.stringify({ ...grant, terms: termsJson(grant.terms) }, null, 2)}\n`, {
    mode: 0o600,
  });
}

export function readGrant(file: string): GrantFile {
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new CommandError(`${file} is not a grant written by proviso grant.`, EXIT.usage);
  return parsed.data;
}
