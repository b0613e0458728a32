import { join } from 'node:path';
import { startNode, type BenchNode } from './children.js';
import { tokenOf, type TokenPlace } from './clients.js';
import { conversionRate } from './conversion-rate.js';
import { ingestRate } from './ingest-rate.js';
import { fixedWorkMs, fsyncMs, load } from './machine.js';
import { measure, readsOf, type Pace, type Target } from './measure.js';
import { processParts, type ProcessSizes } from './process-parts.js';
import { childrenOf, commandOf, residentMib, treeMib } from './processes.js';
import type { Results, Row, Workload } from './results.js';
import type { Variant } from './variants.js';
import { READER, type World } from './world.js';

const CONNECTIONS = [1, 16, 64];
const SENDERS = [1, 4, 16];
const IN_FLIGHT = [1, 16, 64, 200];
const CODE = 'http://loinc.org|8867-4';
const PROFILE_AT = 16;
const WARM_UP_AT = 16;
const VARIANTS = ['no-consent', 'no-seal', 'neither'] as const;

interface Options {
  readonly world: World;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pace: Pace & ProcessSizes & { readonly messages: number };
  readonly soakMinutes: number;
  readonly say: (line: string) => void;
}

/** Runs the parts of the benchmark on a running system. */
export class Bench {
  readonly #options: Options;
  readonly #paths: Readonly<Record<Workload, readonly string[]>>;
  readonly #databasePid: number;

  constructor(options: Options) {
    this.#options = options;
    const { granted, system } = options.world;
    this.#paths = {
      read: spread(granted.map(({ observations }) => observations)).map((id) => `/fhir/R4/Observation/${id}`),
      search: granted.map(
        ({ patient }) => `/fhir/R4/Observation?patient=${patient}&code=${encodeURIComponent(CODE)}&_count=20`,
      ),
    };
    this.#databasePid =
      childrenOf(system.pid).find((pid) => /\bpostgres -D|\/postgres /.test(commandOf(pid))) ?? 0;
  }

  /** The parts by name; see main. The product's node is ended after the first two, and others are started. */
  async run(parts: readonly string[]): Promise<Results> {
    const { world } = this.#options;
    const { coldMs, warmMs, system } = world;
    const [startedAt, loadBefore] = [new Date().toISOString(), load()];
    const fixedBefore = fixedWorkMs();
    const disk = fsyncMs(system.nodeEnv['DATA_DIR'] ?? '.');
    const rows: Row[] = [];
    if (parts.includes('product')) rows.push(...(await this.#product()));
    const ingested = parts.includes('ingest') ? await this.#ingest() : { conversion: undefined, ingest: [] };
    const memory = this.#memory();
    await system.stopNode();
    if (parts.includes('variants')) {
      // oxlint-disable-next-line no-await-in-loop -- one node after the other
      for (const variant of VARIANTS) rows.push(...(await this.#variant(variant)));
    }
    const profiles = parts.includes('profile') ? await this.#profiles() : [];
    const commits = parts.includes('commits') ? await this.#commits() : [];
    const processes = await processParts(
      { ...this.#options, databasePid: this.#databasePid, paths: this.#paths },
      parts,
    );
    return {
      startedAt,
      loadBefore,
      coldMs,
      warmMs,
      fsyncMs: disk,
      fixedWorkMs: [fixedBefore, fixedWorkMs()],
      rows,
      memory,
      ...ingested,
      profiles,
      commits,
      ...processes,
    };
  }

  async #product(): Promise<readonly Row[]> {
    const { ready, nodePid } = this.#options.world.system;
    return this.#measure('product', await this.#target(ready, nodePid));
  }

  async #variant(variant: (typeof VARIANTS)[number]): Promise<readonly Row[]> {
    const node = await this.#node(variant);
    const rows = await this.#measure(variant, await this.#target(node, node.pid));
    await node.stop();
    return rows;
  }

  async #measure(node: Row['node'], target: Target): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const workload of ['read', 'search'] as const) {
      // code that ran a thousand times runs otherwise than code that ran ten times
      // oxlint-disable-next-line no-await-in-loop -- one measurement after the other
      const work = await readsOf(target, this.#paths[workload]);
      // oxlint-disable-next-line no-await-in-loop -- one measurement after the other
      await measure(target, work, WARM_UP_AT, { ...this.#options.pace, runs: 1 });
      for (const connections of CONNECTIONS) {
        // oxlint-disable-next-line no-await-in-loop -- one measurement after the other
        const measured = await measure(target, work, connections, this.#options.pace);
        const row = { ...measured, node, workload, load: load() };
        this.#options.say(line(row));
        rows.push(row);
      }
    }
    return rows;
  }

  async #profiles(): Promise<Results['profiles']> {
    const node = await this.#node('all');
    const target = await this.#target(node, node.pid);
    const {
      pace,
      world: { system },
    } = this.#options;
    const profiles: Results['profiles'][number][] = [];
    for (const workload of ['read', 'search'] as const) {
      // oxlint-disable no-await-in-loop -- one after the other
      const work = await readsOf(target, this.#paths[workload]);
      await measure(target, work, PROFILE_AT, { ...pace, runs: 1 });
      await node.ask({ kind: 'profile-start' });
      await measure(target, work, PROFILE_AT, { ...pace, warmUpS: 0, runs: 1 });
      const reply = await node.ask({
        kind: 'profile-stop',
        file: join(system.nodeEnv['DATA_DIR'] ?? '.', `${workload}.cpuprofile`),
      });
      // oxlint-enable no-await-in-loop
      if (reply.kind === 'profile') profiles.push({ ...reply, workload });
    }
    await node.stop();
    return profiles;
  }

  async #commits(): Promise<Results['commits']> {
    const node = await this.#node('all');
    const commits: Results['commits'][number][] = [];
    for (const inFlight of IN_FLIGHT) {
      const { seconds } = this.#options.pace;
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const reply = await node.ask({ kind: 'append', inFlight, people: 100, seconds });
      if (reply.kind === 'appended') commits.push({ ...reply, inFlight, load: load() });
    }
    await node.stop();
    return commits;
  }

  async #ingest(): Promise<Pick<Results, 'conversion' | 'ingest'>> {
    const { world, pace, say } = this.#options;
    const { ready, nodePid, nodeEnv } = world.system;
    if (ready.mllp === undefined) throw new Error('the system takes no messages');
    const databaseUrl = nodeEnv['DATABASE_URL'] ?? '';
    const target = { mllp: ready.mllp, databaseUrl, nodePid, databasePid: this.#databasePid };
    const conversion = await conversionRate(nodeEnv['SOURCES_FILE'] ?? '', pace);
    const started = Date.now().toString(36);
    await ingestRate(target, { run: `W${started}-`, connections: 4, messages: pace.messages / 3 });
    const ingest: Results['ingest'][number][] = [];
    for (const connections of SENDERS) {
      const wish = { run: `B${started}-${connections}-`, connections, messages: pace.messages };
      // oxlint-disable-next-line no-await-in-loop -- one measurement after the other
      const row = { ...(await ingestRate(target, wish)), load: load() };
      say(
        `ingest at ${connections}: taken ${row.takenPerSecond.toFixed(0)}/s, converted ${row.convertedPerSecond.toFixed(0)}/s; load ${row.load}`,
      );
      ingest.push(row);
    }
    return { conversion, ingest };
  }

  #node(variant: Variant): Promise<BenchNode> {
    const { world, env } = this.#options;
    return startNode(world.system, variant, { ...env, GATEWAY_ID: `bench-${variant}` });
  }

  async #target(at: Pick<TokenPlace, 'fhirBase' | 'tokenUrl'>, nodePid: number): Promise<Target> {
    const { fhirBase, tokenUrl } = at;
    const { clients } = this.#options.world.system.ready;
    return {
      origins: [new URL(fhirBase).origin],
      token: await tokenOf({ fhirBase, tokenUrl, clients }, READER),
      nodePids: [nodePid],
      databasePid: this.#databasePid,
    };
  }

  #memory(): Results['memory'] {
    const { system } = this.#options.world;
    const others = childrenOf(system.pid).flatMap((pid) => {
      const command = commandOf(pid);
      if (command.includes('anvil')) return [{ process: 'chain node', mib: residentMib(pid) }];
      return command.includes('demo-ehr') ? [{ process: 'demo vendor', mib: residentMib(pid) }] : [];
    });
    return [
      { process: 'node (gateway, ledger, ingest)', mib: residentMib(system.nodePid) },
      { process: 'supervisor', mib: residentMib(system.pid) },
      { process: 'Postgres, all processes', mib: this.#databasePid === 0 ? 0 : treeMib(this.#databasePid) },
      ...others,
    ];
  }
}

/** A line for those who watch. */
function line({ node, workload, connections, perSecond, p50Ms, p99Ms, ...us }: Row): string {
  const cpu = `CPU µs: node ${us.nodeUs.toFixed(0)}, database ${us.databaseUs.toFixed(0)}, client ${us.clientUs.toFixed(0)}`;
  return `${node} ${workload} at ${connections}: ${perSecond.toFixed(0)}/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms; ${cpu}; load ${us.load}`;
}

/** The first of each list, then the second of each, and so on. */
function spread(lists: readonly (readonly string[])[]): readonly string[] {
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}
