import type { ErrorCode } from '#outcome';
import type { ConsentAction, PolicyBasis, Predicate } from './request.js';

/** What a decision rests on. */
export type Basis = { readonly kind: 'consent'; readonly consent: string } | PolicyBasis;

/** Each basis once. */
export function distinctBases(bases: readonly Basis[]): readonly Basis[] {
  const nameOf = (basis: Basis): string => (basis.kind === 'consent' ? basis.consent : basis.digest);
  return [...new Map(bases.map((basis) => [`${basis.kind} ${nameOf(basis)}`, basis])).values()];
}

/** What must be done with an answer before it leaves. */
export type Obligation = { readonly kind: 'notice'; readonly text: string };

/** Work of the system itself: a closed list. */
export type SystemTask = 'reindex' | 'relabel' | 'integrity-scan' | 'erasure' | 'roster' | 'filing';

/** Permission to serve somebody. Only `decide` makes one. */
export class ServePermit {
  readonly #made = true;
  readonly kind = 'serve';
  readonly predicate: Predicate;
  readonly basis: readonly Basis[];
  readonly obligations: readonly Obligation[];
  /** Epoch milliseconds after which a store refuses it. */
  readonly expiresMs: number;

  private constructor(parts: ServeParts) {
    this.predicate = parts.predicate;
    this.basis = parts.basis;
    this.obligations = parts.obligations;
    this.expiresMs = parts.expiresMs;
  }

  static make(this: void, parts: ServeParts): ServePermit {
    return new ServePermit(parts);
  }

  static is(value: unknown): value is ServePermit {
    return value instanceof ServePermit && value.#made;
  }
}

/** The parts of a `ServePermit`. */
export interface ServeParts {
  readonly predicate: Predicate;
  readonly basis: readonly Basis[];
  readonly obligations: readonly Obligation[];
  readonly expiresMs: number;
}

/** Permission for a registered source to deliver what it owns. Receiving needs no consent, and is sealed. */
export class SourcePermit {
  readonly #made = true;
  readonly kind = 'source';
  readonly source: string;

  private constructor(source: string) {
    this.source = source;
  }

  static make(this: void, source: string): SourcePermit {
    return new SourcePermit(source);
  }

  static is(value: unknown): value is SourcePermit {
    return value instanceof SourcePermit && value.#made;
  }
}

/**
 * Permission to change what a source owns, on the word of a decision: it names the source, what may be done, and until when.
 * Only `permitWrite` makes one.
 */
export class SourceWritePermit {
  readonly #made = true;
  readonly kind = 'source-write';
  readonly source: string;
  readonly action: WriteAction;
  /** Epoch milliseconds after which a source refuses it. */
  readonly expiresMs: number;

  private constructor(parts: SourceWriteParts) {
    this.source = parts.source;
    this.action = parts.action;
    this.expiresMs = parts.expiresMs;
  }

  static make(this: void, parts: SourceWriteParts): SourceWritePermit {
    return new SourceWritePermit(parts);
  }

  static is(value: unknown): value is SourceWritePermit {
    return value instanceof SourceWritePermit && value.#made;
  }
}

/** What a write does, of `ConsentAction`. */
export type WriteAction = Exclude<ConsentAction, 'access'>;

/** The parts of a `SourceWritePermit`. */
export interface SourceWriteParts {
  readonly source: string;
  readonly action: WriteAction;
  readonly expiresMs: number;
}

/** Permission for a task of the system. */
export class OperatePermit {
  readonly #made = true;
  readonly kind = 'operate';
  readonly task: SystemTask;

  private constructor(task: SystemTask) {
    this.task = task;
  }

  static make(this: void, task: SystemTask): OperatePermit {
    return new OperatePermit(task);
  }

  static is(value: unknown): value is OperatePermit {
    return value instanceof OperatePermit && value.#made;
  }
}

/** Whatever a store or source call needs. */
export type Permit = ServePermit | SourcePermit | SourceWritePermit | OperatePermit;

/** The outcome of `decide`. A refusal is a value, and is sealed like a permit. */
export type Decision =
  | { readonly kind: 'permit'; readonly permit: ServePermit }
  | { readonly kind: 'refusal'; readonly code: ErrorCode; readonly basis: readonly Basis[] };

/** Whether `decide` made this: for stores, which must not serve on the word of a look-alike. */
export function isServePermit(value: unknown): value is ServePermit {
  return ServePermit.is(value);
}

/** Whether `permitSource` made this. */
export function isSourcePermit(value: unknown): value is SourcePermit {
  return SourcePermit.is(value);
}

/** Whether `permitWrite` made this. */
export function isSourceWritePermit(value: unknown): value is SourceWritePermit {
  return SourceWritePermit.is(value);
}

/** Whether `permitTask` made this. */
export function isOperatePermit(value: unknown): value is OperatePermit {
  return OperatePermit.is(value);
}
