import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { FhirSource, VendorProfile, type Pace } from '#ehr';
import { startNorthside, type Running } from '../../apps/demo-ehr/src/northside.module.js';
import { Settings } from '../../apps/demo-ehr/src/settings.js';
import { permitSource } from '#consent';

/** A clock that waits for nobody: sleeping moves it. */
export class FakePace implements Pace {
  readonly slept: number[] = [];
  aheadMs = 0;
  #stoppedMs: number | undefined;

  nowMs(): number {
    return (this.#stoppedMs ?? Date.now()) + this.aheadMs;
  }

  /** Stops at the next whole second, until it goes on: then nothing but sleeping moves it. */
  stop(): void {
    this.#stoppedMs = Math.ceil(this.nowMs() / 1_000) * 1_000 - this.aheadMs;
  }

  goOn(): void {
    this.#stoppedMs = undefined;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    signal.throwIfAborted();
    this.slept.push(ms);
    this.aheadMs += ms;
  }

  random(): number {
    return 0.5;
  }
}

const Visits = z.array(
  z.object({ method: z.string(), url: z.string(), authorized: z.boolean(), status: z.number() }),
);

/** What a test may change of Northside's profile. */
export type ProfileChange = Partial<z.input<typeof VendorProfile>>;

/** What Northside takes. */
export const NORTHSIDE_WRITES = {
  types: ['Condition', 'AllergyIntolerance'].map((type) => ({
    type,
    methods: ['create' as const, 'update' as const, 'delete' as const],
  })),
  foundBy: 'tag' as const,
};

/** Northside in this process, on a free port, with the key of its one account and the clock of its caller. */
export class NorthsideHarness {
  readonly permit = permitSource({ source: 'northside' });
  readonly pace: FakePace;
  readonly #running: Running;
  readonly #folder: string;
  readonly #sources: FhirSource[] = [];

  private constructor(running: Running, folder: string, pace: FakePace) {
    this.pace = pace;
    this.#running = running;
    this.#folder = folder;
  }

  static async start(this: void): Promise<NorthsideHarness> {
    const folder = await mkdtemp(join(tmpdir(), 'northside-'));
    const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
    await writeFile(
      join(folder, 'key.json'),
      JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'k1' }),
      {
        mode: 0o600,
      },
    );
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] });
    const settings = Settings.parse({ CLIENT_JWKS: jwks, ADMIN: '1' });
    const pace = new FakePace();
    const running = await startNorthside(settings, () => new Date(pace.nowMs()));
    return new NorthsideHarness(running, folder, pace);
  }

  get origin(): string {
    return this.#running.origin;
  }

  /** A source with Northside's profile, short limits and the harness's clock. */
  async source(change: ProfileChange = {}, pace: Pace = this.pace): Promise<FhirSource> {
    const source = await FhirSource.open(this.profile(change), pace);
    this.#sources.push(source);
    return source;
  }

  profile(change: ProfileChange = {}): VendorProfile {
    return VendorProfile.parse({
      id: 'northside',
      name: 'Northside',
      baseUrl: `${this.#running.origin}/r4`,
      auth: {
        clientId: 'proviso',
        keyFile: join(this.#folder, 'key.json'),
        alg: 'ES384',
        scopes: ['system/*.cruds'],
      },
      zone: 'America/Chicago',
      types: [
        { type: 'Patient', patientParam: '_id' },
        { type: 'Condition' },
        {
          type: 'Observation',
          variants: [{ category: 'vital-signs' }, { category: 'laboratory' }, { category: 'social-history' }],
        },
      ],
      directoryTypes: ['Organization', 'Practitioner'],
      benignOutcomes: ['4101'],
      limits: { requestMs: 10_000, pages: 8, responseBytes: 256 * 1024 },
      ...change,
    });
  }

  /** Orders misbehaviour, as somebody at the control endpoint would. */
  async faults(...faults: readonly unknown[]): Promise<void> {
    await this.admin('PUT', 'faults', faults);
  }

  async admin(method: string, path: string, body?: unknown): Promise<void> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await fetch(`${this.origin}/admin/${path}`, { method, headers, ...sent });
    if (answer.status !== 200) {
      throw new Error(`${method} ${path}: status ${answer.status}`);
    }
  }

  async visits(): Promise<z.infer<typeof Visits>> {
    return Visits.parse(await (await fetch(`${this.origin}/admin/visits`)).json());
  }

  /** Takes back what was ordered, and forgets who came. */
  async calm(): Promise<void> {
    await this.faults();
    await this.admin('PUT', 'rate', { perMinute: 100_000 });
    await this.admin('DELETE', 'visits');
    this.pace.slept.length = 0;
    this.pace.goOn();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
    await this.#running.close();
    await rm(this.#folder, { recursive: true });
  }
}
