const LOOK_MS = 250;

/** The process that is told to stop. */
export interface Told {
  readonly ppid: number;
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/**
 * Aborts when this process is told to stop: by SIGINT, by SIGTERM, and where npm was told instead. npm ends the shell that
 * it runs a script in, and not what the shell runs; the parent of this process changes then.
 */
export function stopSignal(
  env: Readonly<Record<string, string | undefined>>,
  told: Told = process,
  everyLook: (look: () => void) => void = (look) => void setInterval(look, LOOK_MS).unref(),
): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) told.once(signal, () => stopping.abort());
  if (env['npm_lifecycle_event'] !== undefined) {
    const parent = told.ppid;
    everyLook(() => {
      if (told.ppid !== parent) stopping.abort();
    });
  }
  return stopping.signal;
}
