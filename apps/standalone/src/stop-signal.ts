const LOOK_MS = 250;

/**
 * Aborts when this process is told to stop: by SIGINT, by SIGTERM, and where npm was told instead. npm ends the shell that
 * it runs a script in, and not what the shell runs; the parent of this process changes then.
 */
export function stopSignal(env: Readonly<Record<string, string | undefined>>): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  if (env['npm_lifecycle_event'] !== undefined) {
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) stopping.abort();
    }, LOOK_MS).unref();
  }
  return stopping.signal;
}
