import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GatewayError } from '#outcome';
import { keptJwk, publicJwk } from '../../cli/src/client-key.js';
import type { Ready } from './child.js';

const CLIENT_ID = 'proviso';
const TEMPLATES = ['northside', 'lakeview'].map(
  (vendor) => new URL(`../../../../apps/demo-ehr/vendors/${vendor}.json`, import.meta.url),
);

/** The stand-in vendors as the other parts see them. */
export interface VendorPart {
  /** Of Northside, which is asked. */
  readonly fhirBase: string;
  /** The vendors' descriptions, filled in: what SOURCES_FILE names. */
  readonly profileFile: string;
}

/** The key of our account at Northside. */
interface AccountKey {
  readonly file: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** Key of our account at Northside: made at the first start, kept in the sources' folder, mode 0600. */
export function accountKey(folder: string): AccountKey {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // absolute: a profile takes other paths as relative to itself
  const file = resolve(folder, 'northside.jwk.json');
  return { file, publicJwk: publicJwk(keptJwk(file, 'northside-1')) };
}

/** What Northside's process must know of us. */
export function vendorEnv(key: AccountKey): Readonly<Record<string, string>> {
  return { CLIENT_ID, CLIENT_JWKS: JSON.stringify({ keys: [key.publicJwk] }), ADMIN: '1' };
}

/** Fills in the vendors' templates with the address at which Northside answers. */
export function writeProfiles(
  folder: string,
  key: AccountKey,
  ready: Ready,
  templates: readonly URL[] = TEMPLATES,
): VendorPart {
  const fhirBase = ready['fhirBase'];
  if (typeof fhirBase !== 'string')
    throw new GatewayError('internal', { details: 'The vendor did not say its base.' });
  const values: Readonly<Record<string, string>> = { fhirBase, clientId: CLIENT_ID, keyFile: key.file };
  const profiles = templates.map((template) =>
    readFileSync(template, 'utf8').replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) =>
      JSON.stringify(values[name] ?? whole).slice(1, -1),
    ),
  );
  const profileFile = join(folder, 'sources.json');
  writeFileSync(profileFile, `[${profiles.join(',')}]\n`, { mode: 0o600 });
  return { fhirBase, profileFile };
}
