import type { PartState } from '#http';
import { findingKey, type MonitorFinding } from './finding.js';
import { RESPONSES } from './responses.js';

/** Who is told what changed. */
export interface IntegrityListener {
  /** A finding that no check had before. */
  readonly raised: (finding: MonitorFinding, check: string) => void;
  /** A finding that no check has any more. */
  readonly settled: (finding: MonitorFinding, check: string) => void;
  /** The first finding with which nothing may be served any more. */
  readonly stopped: (finding: MonitorFinding) => void;
}

/** What the checks of this process have found, and whether the log may still be served. */
export class Integrity {
  readonly #listener: IntegrityListener;
  readonly #byCheck = new Map<string, ReadonlyMap<string, MonitorFinding>>();
  #stoppedBy: MonitorFinding['kind'] | undefined;

  constructor(listener: IntegrityListener) {
    this.#listener = listener;
  }

  /** `false` from the first finding that stops: only a new start, through the gate, ends it. */
  get isSound(): boolean {
    return this.#stoppedBy === undefined;
  }

  /** Takes all that a check found now, in place of what it found before. */
  take(check: string, findings: readonly MonitorFinding[]): void {
    const before = this.#keys();
    const gone = this.#byCheck.get(check) ?? new Map<string, MonitorFinding>();
    const now = new Map(findings.map((finding) => [findingKey(finding), finding]));
    this.#byCheck.set(check, now);
    for (const [key, finding] of now) if (!before.has(key)) this.#raise(finding, check);
    const after = this.#keys();
    for (const [key, finding] of gone) if (!after.has(key)) this.#listener.settled(finding, check);
  }

  /** Forgets what a check found: another process looks now. */
  forget(check: string): void {
    this.#byCheck.delete(check);
  }

  /** For readiness: kinds alone. */
  state(): PartState {
    if (this.#stoppedBy !== undefined) return { kind: 'down', note: this.#stoppedBy };
    const kinds = new Set(
      [...this.#byCheck.values()].flatMap((found) => [...found.values()].map(({ kind }) => kind)),
    );
    const [first] = kinds;
    if (first === undefined) return { kind: 'up' };
    return { kind: 'degraded', note: kinds.size === 1 ? first : `${first} and ${kinds.size - 1} more` };
  }

  #raise(finding: MonitorFinding, check: string): void {
    this.#listener.raised(finding, check);
    if (RESPONSES[finding.kind].severity !== 'stop' || this.#stoppedBy !== undefined) return;
    this.#stoppedBy = finding.kind;
    this.#listener.stopped(finding);
  }

  #keys(): ReadonlySet<string> {
    return new Set([...this.#byCheck.values()].flatMap((found) => [...found.keys()]));
  }
}
