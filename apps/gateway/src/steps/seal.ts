import { sealAnswer, type Sealable, type SealedAnswer } from '#http';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

/** The record becomes durable and included before the answer leaves. */
export async function seal(state: Sealable, parts: Parts): Promise<Advance<SealedAnswer>> {
  return go(await sealAnswer(state, parts));
}
