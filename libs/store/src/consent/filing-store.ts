import type { Hex } from '#consent';
import type { BindingWrite } from '../change.js';

/** A binding as stored, with the record that says so. */
export interface BindingRow extends BindingWrite {
  readonly recordId: string;
}

/** Where a filed Consent stands. JSON: block numbers are text. */
export interface GrantStatus {
  readonly consent: string;
  readonly grantId: Hex;
  readonly version: number;
  readonly kind: 'permit' | 'deny';
  /**
   * `filed`: no word of its version is on chain; `included`: it is, not yet final; `in-force`: it counts;
   * `ended`: revoked, or another word took its place. A deny is in force from its filing.
   */
  readonly state: 'filed' | 'included' | 'in-force' | 'ended';
  /** The block of the grant's newest word; `null` where there is none. */
  readonly block: string | null;
}

/** Looks up bindings and filed Consents. Every row's MAC is checked: throws `integrity-failure`. */
export interface FilingStore {
  /** The binding of a subject; whether it is in force is for the caller to judge. */
  bindingOf(subject: Hex): Promise<BindingRow | undefined>;
  /** All bindings that name one of the patients. */
  bindingsOf(patients: readonly string[]): Promise<readonly BindingRow[]>;
  /** The newest version of a grant. */
  statusOf(grantId: Hex): Promise<GrantStatus | undefined>;
  /** All filed Consents of a person, newest first. */
  statusesOf(person: string): Promise<readonly GrantStatus[]>;
  /** The exact bytes of a Consent as it was signed. */
  bytesOf(consent: string): Promise<Uint8Array | undefined>;
}
