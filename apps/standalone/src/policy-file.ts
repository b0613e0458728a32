import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Keyring } from '#config';
import { PERMIT_LIFETIME_MS } from '#consent';
import {
  encodeVkey,
  noteKeyOf,
  parsePolicy,
  rawPublicKey,
  SIGNATURE_TYPE,
  writePolicy,
  type NoteKey,
} from '#provenance';
import type { ChainPart } from './chain-part.js';

/** A record is sealed so long after its decision at most: a permit ends then. */
const SEALED_WITHIN_S = PERMIT_LIFETIME_MS / 1_000;

/** The log as verifiers know it. */
export interface LogIdentity {
  readonly origin: string;
  readonly vkeys: string[];
}

/** Whom verifiers trust: origin and verifier keys of the log, from the keyring. */
export function logIdentity(config: Config, keyring: Keyring): LogIdentity {
  const keys = noteKeys(config, keyring);
  return { origin: originOf(config), vkeys: keys.map(encodeVkey) };
}

/**
 * Writes `policy.txt` at the first start: the keys and the chain that a verifier may trust. It is never overwritten, since
 * trust that follows the gateway's word is none.
 */
export function writePolicyFile(config: Config, keyring: Keyring, chain: ChainPart): string {
  const file = join(config.DATA_DIR, 'policy.txt');
  if (existsSync(file)) {
    parsePolicy(readFileSync(file, 'utf8'));
    return file;
  }
  const { consentRegistry, anchorRegistry } = chain.contracts;
  const text = writePolicy({
    logs: noteKeys(config, keyring).map((key) => ({ key, fromSize: 0n })),
    witnesses: [],
    groups: [],
    quorum: 'none',
    gateways: [{ name: config.GATEWAY_ID, publicKey: rawPublicKey(keyring.gateway.publicKey) }],
    chains: [
      {
        id: chain.id,
        genesis: chain.genesisHash,
        development: chain.development,
        contracts: [
          { address: consentRegistry, codeHash: chain.codeHashes.consentRegistry },
          { address: anchorRegistry, codeHash: chain.codeHashes.anchorRegistry },
        ],
      },
    ],
    // blocks on demand have no age: only where they come by themselves an old one says that somebody held them back
    ...(chain.development ? {} : { stalenessS: config.CHAIN_MAX_STALENESS_S + SEALED_WITHIN_S }),
  });
  writeFileSync(file, text, { mode: 0o644 });
  return file;
}

/** `<host>/log/<tenant>` */
export function originOf(config: Config): string {
  return `${config.LOG_ORIGIN}/log/${config.TENANT}`;
}

function noteKeys(config: Config, keyring: Keyring): readonly NoteKey[] {
  const origin = originOf(config);
  return [
    noteKeyOf(origin, SIGNATURE_TYPE.ed25519, keyring.log.publicKey),
    noteKeyOf(origin, SIGNATURE_TYPE.mlDsa44, keyring.logMlDsa.publicKey),
  ];
}
