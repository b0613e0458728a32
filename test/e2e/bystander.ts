/** A read of a well-behaved client. */
export interface Reading {
  /** `undefined` where the connection failed. */
  readonly status: number | undefined;
  readonly ms: number;
}

/** A well-behaved client, who reads all the time, one read after the other. */
export class Bystander {
  /** What it met. */
  readonly readings: Reading[] = [];
  readonly #read: () => Promise<{ readonly status: number }>;
  #isOver = false;
  #reading: Promise<void> = Promise.resolve();

  constructor(read: () => Promise<{ readonly status: number }>) {
    this.#read = read;
  }

  start(): void {
    this.#reading = this.#readOn();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#reading;
  }

  async #readOn(): Promise<void> {
    while (!this.#isOver) {
      const startMs = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one read after the other
      const status = await this.#read().then(
        (answer) => answer.status,
        () => undefined,
      );
      this.readings.push({ status, ms: performance.now() - startMs });
    }
  }
}
