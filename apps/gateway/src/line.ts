import type { SealedAnswer } from '#http';
import type { ErrorCode } from '#outcome';
import type { Recognised, Subjected } from './exchange.js';
import type { Parts } from './parts.js';

/** As far as a request came: enough to seal a refusal or a failure. */
export type Reached = Recognised & Partial<Omit<Subjected, keyof Recognised>>;

/**
 * A step goes on, refuses (a value), or asks for another try: because rules changed in between, or because the guard
 * `removed` so many versions though none had. Or the answer is there already, since the request was made before.
 */
export type Advance<State> =
  | { readonly kind: 'go'; readonly state: State }
  | { readonly kind: 'refuse'; readonly code: ErrorCode; readonly at: Reached }
  | { readonly kind: 'retry'; readonly at: Reached; readonly removed: number }
  | { readonly kind: 'answered'; readonly sealed: SealedAnswer };

/** The end of a line: its last state, or where and why it stopped. */
export type Ended<State> =
  Advance<State> | { readonly kind: 'fail'; readonly error: unknown; readonly at: Reached };

/** One step: takes a typed immutable value, gives the next. A name for the golden file is its function's. */
export type Step<In, Out> = (state: In, parts: Parts) => Promise<Advance<Out>>;

/** Goes on. */
export function go<State>(state: State): Advance<State> {
  return { kind: 'go', state };
}

/** Steps in their order, checked by the compiler: each takes what the one before gives. */
export class Line<In extends Reached, Out> {
  readonly names: readonly string[];
  readonly run: (state: In, parts: Parts) => Promise<Ended<Out>>;

  private constructor(names: readonly string[], run: (state: In, parts: Parts) => Promise<Ended<Out>>) {
    this.names = names;
    this.run = run;
  }

  static from<In extends Reached>(this: void): Line<In, In> {
    return new Line<In, In>([], (state) => Promise.resolve(go(state)));
  }

  step<Next>(step: Step<Out, Next>): Line<In, Next> {
    return new Line<In, Next>([...this.names, step.name], async (state, parts) => {
      const before = await this.run(state, parts);
      if (before.kind !== 'go') return before;
      try {
        return await step(before.state, parts);
      } catch (error) {
        return { kind: 'fail', error, at: isReached(before.state) ? before.state : state };
      }
    });
  }
}

/** What a sealed or sealable answer is not: a state that still tells of request and caller. */
function isReached(state: unknown): state is Reached {
  return typeof state === 'object' && state !== null && 'request' in state && 'interaction' in state;
}
