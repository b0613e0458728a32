import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GatewayError } from '#outcome';
import { keptJwk, publicJwk } from '../../cli/src/client-key.js';
import type { Ready } from './child.js';

const CLIENT_ID = 'proviso';
const TEMPLATE = new URL('../../../../apps/demo-ehr/vendors/northside.json', import.meta.url);

/** The stand-in vendor as the other parts see it. */
export interface VendorPart {
  readonly fhirBase: string;
  /** The vendor's description, filled in: what SOURCES_FILE names. */
  readonly profileFile: string;
}

/** The key of our account at the vendor. */
interface AccountKey {
  readonly file: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** Key of our account at the vendor: made at the first start, kept in the sources' folder, mode 0600. */
export function accountKey(folder: string): AccountKey {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // absolute: a profile takes other paths as relative to itself
  const file = resolve(folder, 'northside.jwk.json');
  return { file, publicJwk: publicJwk(keptJwk(file, 'northside-1')) };
}

/** What the vendor's process must know of us. */
export function vendorEnv(key: AccountKey): Readonly<Record<string, string>> {
  return { CLIENT_ID, CLIENT_JWKS: JSON.stringify({ keys: [key.publicJwk] }), ADMIN: '1' };
}

/** Fills in the vendor's template with the address at which it answers. */
export function writeProfile(folder: string, key: AccountKey, ready: Ready, template = TEMPLATE): VendorPart {
  const fhirBase = ready['fhirBase'];
  if (typeof fhirBase !== 'string')
    throw new GatewayError('internal', { details: 'The vendor did not say its base.' });
  const values: Readonly<Record<string, string>> = { fhirBase, clientId: CLIENT_ID, keyFile: key.file };
  const profile = readFileSync(template, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    JSON.stringify(values[name] ?? whole).slice(1, -1),
  );
  const profileFile = join(folder, 'sources.json');
  writeFileSync(profileFile, profile, { mode: 0o600 });
  return { fhirBase, profileFile };
}
