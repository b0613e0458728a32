/**
 * A value that is made anew once it is older than `ms`; whoever asks meanwhile shares it. What could not be made is not
 * kept. `nowMs` is a clock that never goes back.
 */
export function keptFor<T>(
  ms: number,
  make: () => Promise<T>,
  nowMs: () => number = () => performance.now(),
): () => Promise<T> {
  let kept: { readonly untilMs: number; readonly value: Promise<T> } | undefined;
  return () => {
    if (kept !== undefined && nowMs() < kept.untilMs) return kept.value;
    const made = { untilMs: nowMs() + ms, value: make() };
    kept = made;
    made.value.catch(() => {
      if (kept === made) kept = undefined;
    });
    return made.value;
  };
}
