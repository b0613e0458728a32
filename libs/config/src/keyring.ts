import crypto from 'node:crypto';
import path from 'node:path';
import { makeKeyFolder, readGivenKey, readOrMakeKey, systemCode } from './key-file.js';
import {
  oidcKeys,
  secp256k1,
  secret32,
  signingForm,
  type KeyForm,
  type PrivateJwks,
  type SigningPair,
} from './key-forms.js';
import type { Config } from './schema.js';

/** Every key of the processes. `docs/keys.md` says what each is for, and what to do when it is lost or stolen. */
export interface Keyring {
  /** Row MACs of the store. */
  readonly storeMac: Uint8Array;
  /** Root of the key vault. */
  readonly vaultRoot: Uint8Array;
  /** MACs of search cursors. */
  readonly cursor: Uint8Array;
  /** Ed25519: signs records. */
  readonly gateway: SigningPair;
  /** Ed25519: signs checkpoints. */
  readonly log: SigningPair;
  /** ML-DSA-44: cosigns published checkpoints. */
  readonly logMlDsa: SigningPair;
  /** secp256k1, `0x` and 64 hex digits: signs heads for the AnchorRegistry. */
  readonly operator: string;
  /** secp256k1, `0x` and 64 hex digits: sends transactions. */
  readonly relayer: string;
  /** Ed25519: signs events. */
  readonly events: SigningPair;
  readonly oidc: PrivateJwks;
}

/** A key's file in `DATA_DIR/keys`, the setting that replaces it, and its form. */
interface KeyPlace<T> {
  readonly file: string;
  readonly setting: keyof Config & `${string}_FILE`;
  readonly form: KeyForm<T>;
}

const PLACES: { readonly [name in keyof Keyring]: KeyPlace<Keyring[name]> } = {
  storeMac: { file: 'store-mac.hex', setting: 'STORE_MAC_KEY_FILE', form: secret32 },
  vaultRoot: { file: 'vault-root.hex', setting: 'VAULT_ROOT_KEY_FILE', form: secret32 },
  cursor: { file: 'cursor.hex', setting: 'CURSOR_KEY_FILE', form: secret32 },
  gateway: { file: 'gateway.pem', setting: 'GATEWAY_KEY_FILE', form: signingForm('ed25519') },
  log: { file: 'log.pem', setting: 'LOG_KEY_FILE', form: signingForm('ed25519') },
  logMlDsa: { file: 'log-ml-dsa-44.pem', setting: 'LOG_ML_DSA_KEY_FILE', form: signingForm('ml-dsa-44') },
  operator: { file: 'operator.hex', setting: 'OPERATOR_KEY_FILE', form: secp256k1 },
  relayer: { file: 'relayer.hex', setting: 'RELAYER_KEY_FILE', form: secp256k1 },
  events: { file: 'events.pem', setting: 'EVENTS_KEY_FILE', form: signingForm('ed25519') },
  oidc: { file: 'oidc.jwks.json', setting: 'OIDC_KEYS_FILE', form: oidcKeys },
};

/** The keys, or everything that is wrong with their files, a line each. */
export type LoadedKeyring =
  | { readonly kind: 'ok'; readonly keyring: Keyring }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** The files of the keys that the process makes itself, by key. */
export const KEY_FILES: Readonly<Record<keyof Keyring, { file: string; setting: string }>> = PLACES;

/**
 * Reads all keys, once, at start. A key that has no `*_FILE` setting lies in `DATA_DIR/keys` (0700, files 0600) and is
 * made at the first start; `loadConfig` has refused that where the gateway is exposed.
 *
 * @returns the keys, or all faults together: `SETTING or file: what is wrong`, never a key's text
 */
export function loadKeyring(config: Config): LoadedKeyring {
  const folder = path.resolve(config.DATA_DIR, 'keys');
  const faults: string[] = [];
  const read = <T>(place: KeyPlace<T>): T | undefined => {
    try {
      return readPlace(place, config, folder);
    } catch (error) {
      faults.push(`${config[place.setting] === undefined ? place.file : place.setting}: ${reasonOf(error)}`);
      return undefined;
    }
  };
  const keyring = {
    storeMac: read(PLACES.storeMac),
    vaultRoot: read(PLACES.vaultRoot),
    cursor: read(PLACES.cursor),
    gateway: read(PLACES.gateway),
    log: read(PLACES.log),
    logMlDsa: read(PLACES.logMlDsa),
    operator: read(PLACES.operator),
    relayer: read(PLACES.relayer),
    events: read(PLACES.events),
    oidc: read(PLACES.oidc),
  };
  return isWhole(keyring) ? { kind: 'ok', keyring: Object.freeze(keyring) } : { kind: 'faults', faults };
}

/**
 * The key that signs the records of another process of this system, by that process's name: `keys/gateway-NAME.pem`, made
 * where it is missing. Its `GATEWAY_KEY_FILE` names the file.
 *
 * @throws Error where the file is open to others or holds no such key
 */
export function gatewayKeyOf({ DATA_DIR: dataDir }: Pick<Config, 'DATA_DIR'>, name: string): SigningPair {
  const folder = path.resolve(dataDir, 'keys');
  makeKeyFolder(folder);
  const { form } = PLACES.gateway;
  return parse(
    form,
    readOrMakeKey(path.join(folder, `gateway-${name}.pem`), () => form.make(crypto.randomBytes)),
  );
}

function isWhole(keyring: {
  readonly [name in keyof Keyring]: Keyring[name] | undefined;
}): keyring is Keyring {
  return Object.values(keyring).every((key) => key !== undefined);
}

function readPlace<T>(place: KeyPlace<T>, config: Config, folder: string): T {
  const given = config[place.setting];
  if (typeof given === 'string') return parse(place.form, readGivenKey(given));
  makeKeyFolder(folder);
  const text = readOrMakeKey(path.join(folder, place.file), () => place.form.make(crypto.randomBytes));
  return parse(place.form, text);
}

/** Parsers may quote what they read, so nothing of their message goes on. */
function parse<T>(form: KeyForm<T>, text: string): T {
  try {
    return form.parse(text);
  } catch (error) {
    throw new Error('does not hold such a key', { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const code = systemCode(error);
  if (code !== undefined) return `cannot be read (${code})`;
  return error instanceof Error ? error.message : 'cannot be read';
}
