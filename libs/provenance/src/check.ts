/** The result of one check. A skipped check says why; it never counts as passed. */
export interface Check {
  /** Stable name, such as `inclusion` or `opening:op`. */
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  /** For a person to read; never content of a record. */
  readonly detail: string;
}

export function ok(name: string, detail: string): Check {
  return { name, state: 'ok', detail };
}

export function failed(name: string, detail: string): Check {
  return { name, state: 'failed', detail };
}

export function skipped(name: string, detail: string): Check {
  return { name, state: 'skipped', detail };
}

/** `ok` or `failed` by a condition. */
export function check(name: string, holds: boolean, detail: { ok: string; failed: string }): Check {
  return holds ? ok(name, detail.ok) : failed(name, detail.failed);
}
