import { ConfigFaults, GivenUp, type Launched } from './launch.js';

/** What a run is made of. */
export interface RunOptions {
  readonly launch: (signal: AbortSignal) => Promise<Pick<Launched, 'ready' | 'stop'>>;
  readonly stopping: AbortSignal;
  /** Told when everything answers. */
  readonly running: (ready: Launched['ready']) => void;
  readonly complain: (line: string) => void;
}

/** Launches the system and stops it when told to. Gives the exit code; a start that was given up is no failure. */
export async function runSystem({ launch, stopping, running, complain }: RunOptions): Promise<0 | 1> {
  try {
    const launched = await launch(stopping);
    running(launched.ready);
    await aborted(stopping);
    await launched.stop();
    return 0;
  } catch (error) {
    if (error instanceof GivenUp) return 0;
    for (const line of linesOf(error)) complain(line);
    return 1;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigFaults) return error.faults;
  return [error instanceof Error ? error.message : String(error)];
}
