import { randomUUID } from 'node:crypto';
import {
  AnchorClient,
  anchorCalls,
  asHex,
  beginProjection,
  BlockReader,
  ChainAnchor,
  ChainFollower,
  logIdOf,
  type LogKeys,
  RegistryClient,
  Relayer,
  signHead,
} from '#chain';
import type { LogStore, TreeHead } from '#provenance';
import {
  LogReader,
  type RowChange,
  SqlAnchorLog,
  SqlFollowerPositions,
  SqlKeyedWriteStore,
  SqlProjectionStore,
  StoreSampler,
  unheldSessions,
} from '#store';
import { makeAccount, randomHex, type TestAccount } from '../../../../../libs/chain/src/testing/keys.js';
import { MemoryOutbox } from '../../../../../libs/chain/src/testing/memory-outbox.js';
import { startTestChain, type TestChain } from '../../../../../libs/chain/src/testing/test-chain.js';
import { makeItem, makeWrite } from '../../../../../libs/store/src/testing/log-fixture.js';
import { LogScene } from '../../../../../libs/store/src/testing/log-scene.js';
import { Anchoring } from '../../anchoring.js';
import type { MonitorSources } from '../monitor-sources.js';
import { fileGrant } from './file-grant.js';

const TENANT = 'default';
const ZERO = asHex(`0x${'0'.repeat(64)}`);

/**
 * A log in a real database, anchored on a real chain, with a person, two versions of an Observation, and a grant of hers.
 * `backup` is the same log as it was before the last records; both rest, and are copied.
 */
export class MonitoredScene {
  readonly person = randomUUID();
  readonly patient = randomUUID();
  readonly observation = randomUUID();
  readonly chain: TestChain;
  readonly backup: LogScene;
  /** Set by `make`. */
  scene: LogScene;
  readonly #operator: TestAccount = makeAccount();
  readonly #keys: LogKeys;

  private constructor(chain: TestChain, backup: LogScene) {
    this.chain = chain;
    this.backup = backup;
    this.scene = backup;
    const { address } = this.#operator;
    this.#keys = { salt: randomHex(), admin: address, operator: address, vkeyHash: randomHex() };
  }

  static async make(): Promise<MonitoredScene> {
    const made = new MonitoredScene(await startTestChain(), await LogScene.make());
    const log = await made.backup.start();
    await made.#write(log, 1);
    await made.backup.rest();
    made.scene = await made.backup.copy();
    const grown = await made.scene.start();
    await fileGrant(grown, made);
    await made.#write(grown, 2);
    await made.#project();
    await made.anchor(made.scene, grown);
    await grown.append([makeItem([]), makeItem([])]);
    await made.scene.rest();
    return made;
  }

  get logId() {
    return logIdOf(this.#keys);
  }

  /** Anchors the newest head of a log, and waits until it is final. */
  async anchor(scene: LogScene, log: LogStore<RowChange>): Promise<void> {
    const outbox = new MemoryOutbox();
    const anchoring = new Anchoring({
      log,
      anchor: this.#anchorBy(outbox),
      anchors: new SqlAnchorLog(scene.database.pool, TENANT),
      place: this.#place,
      isSound: () => true,
    });
    await anchoring.submitNewest();
    await this.#relay(outbox);
    await anchoring.follow();
  }

  /** Size of the head that the chain holds. */
  async anchoredSize(): Promise<bigint> {
    return (await this.#anchorBy(new MemoryOutbox()).head()).size;
  }

  /** What a thief of the operator's key does: signs a head that nobody's log has, in line with the last one. */
  async anchorForeign(head: TreeHead, proof: readonly Uint8Array[]): Promise<void> {
    const { address } = this.chain.contracts.anchorRegistry;
    const message = { logId: this.logId, size: head.size, root: hexOf(head.root), aux: ZERO };
    const domain = { chainId: this.chain.chainId, contract: address };
    const signature = signHead(this.#operator.key, domain, message);
    await this.chain.send(address, anchorCalls.anchor(message, proof.map(hexOf), signature));
  }

  /** What monitors over a copy of the database read from. */
  async sources(copy: LogScene): Promise<MonitorSources> {
    const { pool } = copy.database;
    const { mac, rootKey, policy, origin } = copy.keys;
    const { consentRegistry, anchorRegistry } = this.chain.contracts;
    return {
      log: new LogReader(pool, TENANT),
      origin,
      policy,
      highWaterPath: copy.highWaterPath,
      anchors: new SqlAnchorLog(pool, TENANT),
      place: this.#place,
      logId: this.logId,
      contract: new AnchorClient(this.chain.node, anchorRegistry.address),
      node: this.chain.node,
      nodes: [this.chain.node, this.chain.node],
      pinned: {
        chainId: String(this.chain.chainId),
        genesisHash: (await this.chain.node.header(0n))?.hash ?? ZERO,
        consentRegistry: consentRegistry.address,
        consentCodeHash: consentRegistry.codeHash,
        anchorRegistry: anchorRegistry.address,
        anchorCodeHash: anchorRegistry.codeHash,
      },
      deployBlock: 0n,
      consentDeployBlock: 0n,
      finality: { depth: 0 },
      projection: new SqlProjectionStore(pool, { tenant: TENANT, mac }, Date.now),
      registry: new RegistryClient(this.chain.node, consentRegistry.address),
      sampler: new StoreSampler({ pool, tenant: TENANT, mac, rootKey, policy, random: Math.random }),
      writes: new SqlKeyedWriteStore({ pool, tenant: TENANT, mac, keysPerClient: 10 }),
      unheldSessions: () => unheldSessions(pool, TENANT),
      followerLags: () => new SqlFollowerPositions(pool, TENANT).lags([]),
    };
  }

  async end(): Promise<void> {
    await this.scene.end();
    await this.backup.end();
    await this.chain.stop();
  }

  get #place() {
    const { chainId, contracts } = this.chain;
    return { chainId: String(chainId), contract: contracts.anchorRegistry.address, logId: this.logId };
  }

  #anchorBy(outbox: MemoryOutbox): ChainAnchor {
    const { node, chainId, contracts } = this.chain;
    return new ChainAnchor({
      node,
      outbox,
      chainId,
      contract: contracts.anchorRegistry.address,
      codeHash: contracts.anchorRegistry.codeHash,
      origin: this.backup.keys.origin,
      keys: this.#keys,
      operatorKey: this.#operator.key,
    });
  }

  async #write(log: LogStore<RowChange>, version: number): Promise<void> {
    const { person, patient, observation } = this;
    const of = { person, patient, id: observation, linked: version > 1 };
    await log.append([makeWrite(of, version), makeItem([])]);
  }

  /** Follows the consent registry up to now: the grant's word is mined, and counts. */
  async #project(): Promise<void> {
    const { node, contracts } = this.chain;
    const { address: contract, codeHash } = contracts.consentRegistry;
    const { pool } = this.scene.database;
    const store = new SqlProjectionStore(pool, { tenant: TENANT, mac: this.scene.keys.mac }, Date.now);
    await beginProjection(store, node, { contract, codeHash });
    const source = new BlockReader(node, contract, { nowMs: Date.now });
    const finality = { depth: 0 };
    await new ChainFollower({ node, source, store, finality, nowMs: Date.now }).catchUp();
  }

  async #relay(outbox: MemoryOutbox): Promise<void> {
    const { node, chainId, relayer } = this.chain;
    const options = { node, outbox, key: relayer.key, chainId, finality: { depth: 0 } };
    const worker = new Relayer({ ...options, nowMs: Date.now });
    await worker.step();
    await worker.step();
  }
}

function hexOf(bytes: Uint8Array) {
  return asHex(`0x${Buffer.from(bytes).toString('hex')}`, bytes.length);
}
