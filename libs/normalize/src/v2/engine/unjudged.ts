import type { JsonObject } from '#digest';

/** A resource before it was judged. */
export interface Unjudged {
  readonly type: string;
  readonly id: string;
  readonly key: string;
  readonly resource: JsonObject;
  readonly mode: 'merge' | undefined;
  readonly cleared: readonly string[];
}
