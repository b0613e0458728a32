/** The state of a part, in words that are not secret: shown to whoever asks for readiness. */
export type PartState =
  | { readonly kind: 'up' }
  /** Works, but somebody should look: `note` is a short word such as `behind`. */
  | { readonly kind: 'degraded'; readonly note: string }
  | { readonly kind: 'down'; readonly note: string };

/** Tells the truth about one part of the system. */
export interface PartsProbe {
  /** Such as `database`, `chain`, `log`. */
  readonly part: string;
  /** Whether the gateway can answer without it: then it only degrades. */
  readonly required: boolean;
  /** Looks now. What it throws counts as down; its text is not shown. */
  look(signal: AbortSignal): Promise<PartState>;
}

/** What readiness says. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: readonly { readonly part: string; readonly state: string; readonly note?: string }[];
}

const NOTE = /^[a-z0-9][a-z0-9 -]{0,63}$/;

/**
 * Asks all parts at once, none for longer than the time-out.
 *
 * @returns ready if no required part is down
 */
export async function lookAtParts(probes: readonly PartsProbe[], timeoutMs: number): Promise<Readiness> {
  const states = await Promise.all(probes.map((probe) => stateOf(probe, timeoutMs)));
  const parts = probes.map((probe, index) => {
    const state = states[index] ?? { kind: 'down', note: 'unknown' };
    return {
      part: probe.part,
      state: state.kind,
      ...(state.kind === 'up' ? {} : { note: noteOf(state.note) }),
    };
  });
  const ready = probes.every((probe, index) => !probe.required || states[index]?.kind !== 'down');
  return { ready, parts };
}

async function stateOf(probe: PartsProbe, timeoutMs: number): Promise<PartState> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<PartState>((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'down', note: 'no answer in time' }), {
      once: true,
    });
  });
  try {
    return await Promise.race([probe.look(signal), late]);
  } catch {
    // what was thrown may name hosts, users or persons; that the part is down is the answer
    return { kind: 'down', note: 'failed' };
  }
}

function noteOf(note: string): string {
  return NOTE.test(note) ? note : 'see the log';
}
