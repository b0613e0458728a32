import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { GatewayError } from '#outcome';
import type { KeyScope, KeyVault } from '#provenance';
import { scopeName } from '../log/key-scope.js';
import { bindingText, decrypt, encrypt } from '../log/vault-cipher.js';

interface HeldKey {
  readonly keyId: string;
  readonly scope: string;
  key: KeyObject | undefined;
}

/** A `KeyVault` in memory: real ciphers, keys that end with the process. */
export class MemoryKeyVault implements KeyVault {
  readonly #live = new Map<string, HeldKey>();
  readonly #byId = new Map<string, HeldKey>();

  async wrap(
    scope: KeyScope,
    plain: Uint8Array,
    aad: string,
  ): Promise<{ readonly keyId: string; readonly sealed: Uint8Array }> {
    const name = scopeName(scope);
    const held = this.#live.get(name) ?? this.#create(name);
    if (held.key === undefined) throw new GatewayError('seal-unavailable', { details: 'vault-key' });
    return {
      keyId: held.keyId,
      sealed: encrypt(held.key, plain, bindingText('memory', 'sealed', aad, name)),
    };
  }

  async unwrap(keyId: string, sealed: Uint8Array, aad: string): Promise<Uint8Array | undefined> {
    const held = this.#byId.get(keyId);
    if (held === undefined) throw new GatewayError('integrity-failure', { details: `vault_key/${keyId}` });
    if (held.key === undefined) return undefined;
    const plain = decrypt(held.key, sealed, bindingText('memory', 'sealed', aad, held.scope));
    if (plain === undefined) throw new GatewayError('integrity-failure', { details: `sealed/${keyId}` });
    return plain;
  }

  async destroy(scope: KeyScope): Promise<void> {
    const name = scopeName(scope);
    const held = this.#live.get(name);
    if (held !== undefined) held.key = undefined;
    this.#live.delete(name);
  }

  async rotateEpoch(): Promise<void> {
    // Nothing wraps these keys.
  }

  #create(scope: string): HeldKey {
    const held = {
      keyId: randomBytes(16).toString('base64url'),
      scope,
      key: createSecretKey(randomBytes(32)),
    };
    this.#live.set(scope, held);
    this.#byId.set(held.keyId, held);
    return held;
  }
}
