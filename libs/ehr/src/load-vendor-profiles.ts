import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { VendorProfile } from './vendor-profile.js';

/**
 * Reads the profiles of the vendors: a JSON file with one profile or a list of them.
 *
 * @param path Path of the file; key files are relative to its folder.
 * @returns The profiles, key files resolved.
 * @throws Error naming the file and every fault in it; ids must differ.
 */
export async function loadVendorProfiles(path: string): Promise<readonly VendorProfile[]> {
  const text = await readFile(path, 'utf8');
  const profiles = parse(path, text);
  if (new Set(profiles.map((profile) => profile.id)).size !== profiles.length) {
    throw new Error(`${path}: two vendors have the same id`);
  }
  const folder = dirname(path);
  return profiles.map((profile) => ({
    ...profile,
    auth: { ...profile.auth, keyFile: resolve(folder, profile.auth.keyFile) },
  }));
}

function parse(path: string, text: string): readonly VendorProfile[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}: not JSON`, { cause });
  }
  const parsed = z.array(VendorProfile).safeParse(Array.isArray(json) ? json : [json]);
  if (!parsed.success) {
    throw new Error(`${path}:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
