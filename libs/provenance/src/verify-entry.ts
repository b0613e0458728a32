import { verify } from 'node:crypto';
import { sha256 } from '#digest';
import { check, failed, skipped, type Check } from './check.js';
import { decodeEntry, gatewayKeyId, signedMessage } from './entry.js';
import type { Policy } from './policy.js';
import { ENTRY_CLASS } from './record.js';
import { sameBytes } from './tree-hash.js';
import { SIGNATURE_TYPE, verifyingKey } from './vkey.js';

/**
 * Whether one of the policy's gateways signed an entry for the log `origin`.
 *
 * @returns `undefined` where the entry is of an unknown version.
 */
export function isSignedByGateway(bytes: Uint8Array, origin: string, policy: Policy): boolean | undefined {
  const entry = decodeEntry(bytes);
  if (entry === undefined) return undefined;
  const message = signedMessage(bytes, sha256(origin));
  return policy.gateways
    .filter(({ publicKey }) => sameBytes(gatewayKeyId(publicKey), entry.gatewayKeyId))
    .some(({ publicKey }) => {
      const key = verifyingKey({ type: SIGNATURE_TYPE.ed25519, publicKey });
      return verify(null, message, key, entry.signature);
    });
}

/** Checks the form of an entry and its gateway's signature. */
export function checkEntry(bytes: Uint8Array, origin: string | undefined, policy: Policy): Check[] {
  const entry = decodeEntry(bytes);
  if (entry === undefined) return [skipped('entry', 'unknown version: contents unknown')];
  const known = Object.values<number>(ENTRY_CLASS).includes(entry.class);
  const form = known
    ? check('entry', true, { ok: `version 1, class ${entry.class}`, failed: '' })
    : skipped('entry', `version 1, unknown class ${entry.class}: contents unknown`);
  if (origin === undefined) return [form, failed('gateway-signature', 'the origin is not known')];
  const signed = isSignedByGateway(bytes, origin, policy) === true;
  return [
    form,
    check('gateway-signature', signed, {
      ok: 'signed by a gateway of the policy, for this log',
      failed: 'not signed by a gateway of the policy for this log',
    }),
  ];
}
