import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { VendorName } from '../supervisor.js';
import { expectThat, type World } from './world.js';

/** `meta.source` of what a vendor brought. */
export const sourceOf = (vendor: VendorName) => `urn:proviso:source:${vendor}`;
/** `meta.source` of everything in the story. */
export const SOURCES: readonly string[] = [sourceOf('northside'), sourceOf('lakeview')];
/** Her key. */
export const keyFile = (world: World) => world.file('her.key');
/** Her subject on the chain. */
export const subjectFile = (world: World) => world.file('subject.txt');
/** What a grant's signer keeps of it: terms and salt. */
export const grantFile = (world: World, name: string) => world.file(`grant-${name}.json`);
/** The receipt of step 3. */
export const receiptFile = (world: World) => world.file('receipt.json');
/** The keys that a verifier trusts, written at the first start. */
export const policyFile = (world: World) => join(world.dataDir, 'policy.txt');

/** Her subject, from what `proviso bind` printed; kept for later steps. */
export function subjectOf(printed: string): string {
  const subject = /0x[0-9a-f]{64}/.exec(printed)?.[0];
  expectThat(subject !== undefined, `proviso bind printed no subject: ${printed}`);
  return subject;
}

/** Keeps her subject for later steps. */
export function keepSubject(world: World, subject: string): void {
  writeFileSync(subjectFile(world), subject);
}
