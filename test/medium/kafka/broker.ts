import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { Kafka, logLevel } from 'kafkajs';
import { ROOT } from '../../e2e/run.js';
import { until } from '../../e2e/until.js';

const PREPARE_MS = 180_000;
const START_MS = 60_000;
const POM = `${ROOT}test/medium/kafka/pom.xml`;
const JAVA = ['-Xmx256m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
export const USER = 'gateway';
export const PASSWORD = 'a password of the tests';

/** What is needed for a broker; or why there can be none here. */
export type BrokerKit =
  { readonly kind: 'ready'; readonly folder: string } | { readonly kind: 'missing'; readonly why: string };

/** Fetches Apache Kafka by Maven, and makes a certificate, in a new folder; says where that cannot be done. */
export function brokerKit(): BrokerKit {
  const folder = mkdtempSync(join(tmpdir(), 'proviso-kafka-'));
  const copy = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  const why =
    failure('java', ['-version']) ??
    failure('openssl', certificate(folder)) ??
    failure('mvn', [...copy, '-f', POM, `-DoutputDirectory=${join(folder, 'libs')}`]);
  if (why === undefined) return { kind: 'ready', folder };
  rmSync(folder, { recursive: true });
  stderr.write(`skipped: Apache Kafka is not here: ${why}\n`);
  return { kind: 'missing', why };
}

/** A key of the broker and the certificate that vouches for it, its own authority. */
function certificate(folder: string): readonly string[] {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'ca.pem')];
  return ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files];
}

/** One broker of Apache Kafka in a folder; it can be killed and started again on what it had. */
export class Broker {
  readonly #folder: string;
  #ports: readonly number[] = [];
  #child: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Without encryption or login. */
  get plain(): string {
    return `127.0.0.1:${this.#ports[0] ?? 0}`;
  }

  /** With TLS and SCRAM-SHA-512. */
  get secure(): string {
    return `127.0.0.1:${this.#ports[1] ?? 0}`;
  }

  /** Certificate of the authority, and of the broker. */
  get caFile(): string {
    return join(this.#folder, 'ca.pem');
  }

  get passwordFile(): string {
    return join(this.#folder, 'password');
  }

  client(clientId: string): Kafka {
    return new Kafka({
      brokers: [this.plain],
      clientId,
      logLevel: logLevel.NOTHING,
      retry: { retries: 30, maxRetryTime: 1_000 },
    });
  }

  async start(): Promise<void> {
    if (this.#ports.length === 0) await this.#prepare();
    const child = spawn('java', [...JAVA, '-cp', this.#libs, 'kafka.Kafka', this.#settings], {
      stdio: 'ignore',
      cwd: this.#folder,
    });
    this.#child = child;
    const admin = this.client('starter').admin();
    await until('the broker is there', START_MS, async () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      await admin.connect();
      return (await admin.describeCluster()).brokers.length === 1;
    });
    await admin.disconnect();
  }

  /** Ends it, and takes its folder away. */
  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends it as a fault would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  get #libs(): string {
    return join(this.#folder, 'libs', '*');
  }

  get #settings(): string {
    return join(this.#folder, 'server.properties');
  }

  async #prepare(): Promise<void> {
    this.#ports = await Promise.all([freePort(), freePort(), freePort()]);
    const pem = ['key.pem', 'ca.pem'].map((name) => readFileSync(join(this.#folder, name), 'utf8'));
    writeFileSync(join(this.#folder, 'broker.pem'), pem.join(''));
    writeFileSync(this.passwordFile, `${PASSWORD}\n`);
    writeFileSync(this.#settings, settingsOf(this.#folder, this.#ports));
    if (existsSync(join(this.#folder, 'data'))) return;
    const scram = `SCRAM-SHA-512=[name=${USER},password="${PASSWORD}"]`;
    const id = randomBytes(16).toString('base64url');
    const tool = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', this.#settings, '--add-scram', scram];
    const why = failure('java', [...JAVA, '-cp', this.#libs, ...tool]);
    if (why !== undefined) throw new Error(why);
  }
}

function at(port: number | undefined): string {
  return `127.0.0.1:${port ?? 0}`;
}

function settingsOf(folder: string, [plain, secure, controller]: readonly number[]): string {
  const listeners = `PLAIN://${at(plain)},SECURE://${at(secure)}`;
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@${at(controller)}`,
    `listeners=${listeners},CONTROLLER://${at(controller)}`,
    `advertised.listeners=${listeners}`,
    'listener.security.protocol.map=PLAIN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAIN',
    'controller.listener.names=CONTROLLER',
    'sasl.enabled.mechanisms=SCRAM-SHA-512',
    'listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${join(folder, 'broker.pem')}`,
    `log.dirs=${join(folder, 'data')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.num.partitions=1',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.num.partitions=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Why a program cannot be run, or what it failed with; `undefined` where it did its work. */
function failure(program: string, args: readonly string[]): string | undefined {
  const { error, status, ...printed } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: PREPARE_MS,
  });
  if (error !== undefined) return `${program}: ${error.message}`;
  const said = (printed.stderr || printed.stdout).trim().split('\n').at(-1) ?? '';
  return status === 0 ? undefined : `${program} ended with ${String(status)}: ${said}`;
}
