import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isHex } from '#chain';
import type { Hex, Terms } from '#consent';
import { CommandError, EXIT } from './exit.js';
import { inputFile } from './input-file.js';

const hex = z.custom<Hex>(isHex);
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

/** Writes what the signer keeps, mode 0600. */
export function writeGrant(file: string, grant: GrantFile): void {
  writeFileSync(file, `${JSON.stringify({ ...grant, terms: termsJson(grant.terms) }, null, 2)}\n`, {
    mode: 0o600,
  });
}

/** Reads what `writeGrant` wrote. Ends the command where it is something else. */
export function readGrant(file: string): GrantFile {
  const parsed = schema.safeParse(jsonOf(inputFile(file).toString('utf8')));
  if (!parsed.success) throw new CommandError(`${file} is not a grant written by proviso grant.`, EXIT.usage);
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
