import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Keyring } from '#config';
import { PERMIT_LIFETIME_MS } from '#consent';
import { toBase64 } from '#digest';
import {
  encodeVkey,
  noteKeyOf,
  parsePolicy,
  rawPublicKey,
  sameBytes,
  SIGNATURE_TYPE,
  writePolicy,
  type NoteKey,
  type Policy,
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

/** Where the policy lies that this process goes by. */
export function policyPath({ DATA_DIR: dataDir, POLICY_FILE: file }: Config): string {
  return file ?? join(dataDir, 'policy.txt');
}

/** A process that appends to the log, by its name and the key that signs its records. */
export interface NamedGateway {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/**
 * What a policy lacks for this process, and the given others, to append: records that they signed would be nobody's, and no
 * process could open the log again. Lines to add, by somebody who knows that they are right.
 */
export function missingInPolicy(
  policy: Policy,
  config: Config,
  keyring: Keyring,
  others: readonly NamedGateway[] = [],
): readonly string[] {
  const unknown = [ownGateway(config, keyring), ...others].filter(
    (each) => !policy.gateways.some(({ publicKey }) => sameBytes(publicKey, each.publicKey)),
  );
  const vkeys = new Set(policy.logs.map(({ key }) => encodeVkey(key)));
  const [first] = noteKeys(config, keyring).map(encodeVkey);
  return [
    ...unknown.map(({ name, publicKey }) => `gateway ${name} ${toBase64(publicKey)}`),
    ...(first === undefined || vkeys.has(first) ? [] : [`log ${first}`]),
  ];
}

/**
 * Writes `policy.txt` at the first start: the keys and the chain that a verifier may trust. It is never overwritten, since
 * trust that follows the gateway's word is none.
 */
export function writePolicyFile(
  config: Config,
  keyring: Keyring,
  chain: Pick<ChainPart, 'id' | 'genesisHash' | 'development' | 'contracts' | 'codeHashes'>,
  others: readonly NamedGateway[] = [],
): string {
  const file = policyPath(config);
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
    gateways: [ownGateway(config, keyring), ...others],
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

function ownGateway(config: Config, keyring: Keyring): NamedGateway {
  return { name: config.GATEWAY_ID, publicKey: rawPublicKey(keyring.gateway.publicKey) };
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
