import { buildGrantConsent, type GrantWish } from '#consent';
import { type JsonObject, parseStrict, sha256, toHex, uuidv7, writeJson } from '#digest';
import { isObject } from '#fhir';

/** The time at which everything is asked. */
export const NOW_MS = Date.UTC(2026, 5, 1, 12);
const BEGAN_MS = Date.UTC(2026, 4, 1);

/** One thing that was told to the gateway, under a key from which its ids follow: leaving one out changes no other. */
export type Input = { readonly key: string; readonly atMs: number } & Told;

export type Told =
  | { readonly kind: 'resource'; readonly resource: JsonObject; readonly source?: string }
  | { readonly kind: 'deletion'; readonly of: string }
  | { readonly kind: 'link'; readonly patient: string; readonly person: string }
  | { readonly kind: 'unlink'; readonly patient: string }
  | {
      readonly kind: 'grant';
      readonly patient: string;
      readonly person: string;
      readonly client: string;
      readonly effect: 'permit' | 'deny';
      readonly bytes: Uint8Array;
      readonly onChain: boolean;
    }
  | { readonly kind: 'revoke'; readonly grant: string; readonly how: 'latch' | 'chain' };

/** Puts keys and times to what was told, in order. Neighbours share a time, so that ties of the order are met. */
export function scriptOf(told: readonly (readonly [key: string, told: Told])[]): readonly Input[] {
  return told.map(([key, one], at) => ({ key, atMs: BEGAN_MS + Math.floor(at / 3) * 1000, ...one }));
}

/** Bytes that follow from a key. */
export function seeded(key: string, bytes: number): Uint8Array {
  return Buffer.concat([sha256(`${key}/0`), sha256(`${key}/1`)]).subarray(0, bytes);
}

export function seededHex(key: string): `0x${string}` {
  return `0x${toHex(seeded(key, 32))}`;
}

export function seededUuid(key: string): string {
  const hex = toHex(seeded(key, 16));
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A record's id that follows from a key. */
export function recordIdOf(key: string): string {
  return uuidv7(NOW_MS, seeded(`record ${key}`, 10));
}

export function versionIdOf(key: string): string {
  return toHex(seeded(`version ${key}`, 8));
}

/** What a person grants or denies, as her own signed words. */
export function grant(
  person: string,
  wish: Partial<GrantWish> & { readonly patient: string },
  more: { readonly dataPeriod?: JsonObject; readonly onChain?: boolean } = {},
): Told {
  const full = { ...ANY_GRANT, ...wish };
  const bytes = withDataPeriod(buildGrantConsent(full), more.dataPeriod);
  const { patient, client, effect } = full;
  return { kind: 'grant', patient, person, client, effect, bytes, onChain: more.onChain ?? true };
}

const ANY_GRANT = {
  client: 'app',
  effect: 'permit',
  classes: null,
  purposes: null,
  fromMs: -Infinity,
  toMs: Infinity,
  atMs: BEGAN_MS,
} as const;

function withDataPeriod(bytes: Uint8Array, dataPeriod: JsonObject | undefined): Uint8Array {
  const consent = parseStrict(bytes);
  if (dataPeriod === undefined || !isObject(consent)) return bytes;
  const { provision } = consent;
  return Buffer.from(
    writeJson({ ...consent, provision: { ...(isObject(provision) ? provision : {}), dataPeriod } }),
  );
}
