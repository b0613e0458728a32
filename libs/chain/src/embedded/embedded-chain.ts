import type { Hex } from '#consent';
import { asHex } from '../hex.js';
import { Node } from '../node.js';
import { ChainSupervisor, type ChainOptions } from './chain-supervisor.js';
import { RpcServer } from './rpc-server.js';

/** How an embedded chain is started. */
export interface EmbeddedChainOptions extends ChainOptions {
  /** Of the JSON-RPC door on the loopback interface; 0, the default, takes any free one. */
  readonly port?: number;
}

/**
 * A development chain in a folder: a node whose transactions are journalled before it sees them, behind a door that reads,
 * and sends what was signed. A transaction whose hash or receipt was returned survives SIGKILL of the node and of this
 * process, in a block of the same hash. It gives tamper evidence against nobody who has the machine.
 */
export class EmbeddedChain {
  readonly chainId: bigint;
  readonly genesisHash: Hex;
  readonly #server: RpcServer;
  readonly #supervisor: ChainSupervisor;

  private constructor(supervisor: ChainSupervisor, server: RpcServer, genesisHash: Hex) {
    this.#supervisor = supervisor;
    this.#server = server;
    this.chainId = BigInt(supervisor.chainId);
    this.genesisHash = genesisHash;
  }

  /**
   * Starts, or starts again where it stopped. Throws `integrity-failure` where the journal does not replay to the recorded
   * hashes, `version-conflict` where another process has the folder, `not-implemented` on a platform without a binary.
   */
  static async start(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
    const supervisor = await ChainSupervisor.open(options);
    try {
      const server = await RpcServer.listen(supervisor, options.port ?? 0);
      const genesis = await new Node(supervisor.node.anvil.endpoint).header(0n);
      return new EmbeddedChain(supervisor, server, asHex(genesis?.hash, 32));
    } catch (error) {
      await supervisor.close();
      throw error;
    }
  }

  get rpcUrl(): string {
    return this.#server.url;
  }

  /** Process id of the node behind the door. */
  get nodePid(): number {
    return this.#supervisor.node.anvil.pid;
  }

  async stop(): Promise<void> {
    await this.#server.close();
    await this.#supervisor.close();
  }
}
