import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { V2Profile } from './v2-profile.js';
import { VendorProfile } from './vendor-profile.js';

/** A source: a FHIR server that is asked, or a sender of HL7 v2 that speaks by itself. */
export type SourceProfile = VendorProfile | V2Profile;

const KIND = z.looseObject({ kind: z.string().optional() });

/**
 * Reads the profiles of the sources: a JSON file with one profile or a list of them, each of a `kind`: `fhir` (where it
 * says none) or `v2`.
 *
 * @param path Path of the file; key files are relative to its folder.
 * @returns The profiles, key files resolved.
 * @throws Error naming the file and every fault in it; ids must differ.
 */
export async function loadSourceProfiles(path: string): Promise<readonly SourceProfile[]> {
  const parsed = parse(path, await readFile(path, 'utf8'));
  const faults = parsed.flatMap(({ error }) => (error === undefined ? [] : [z.prettifyError(error)]));
  if (faults.length > 0) {
    throw new Error(`${path}:\n${faults.join('\n')}`);
  }
  const profiles = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (new Set(profiles.map((profile) => profile.id)).size !== profiles.length) {
    throw new Error(`${path}: two sources have the same id`);
  }
  const folder = dirname(path);
  return profiles.map((profile) => (profile.kind === 'v2' ? profile : withKeyFile(profile, folder)));
}

function parse(path: string, text: string) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: not JSON`, { cause });
  }
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  return items.map((item) => {
    const isV2 = KIND.safeParse(item).data?.kind === 'v2';
    return isV2 ? V2Profile.safeParse(item) : VendorProfile.safeParse(item);
  });
}

function withKeyFile(profile: VendorProfile, folder: string): VendorProfile {
  return { ...profile, auth: { ...profile.auth, keyFile: resolve(folder, profile.auth.keyFile) } };
}
