import type { Normalised, ResourceFault } from '../normalised.js';
import type { JsonObject } from '#digest';
import type { SenderProfile } from './sender-profile.js';

/** What converting a message must know beyond its bytes. */
export interface V2Context {
  readonly sender: SenderProfile;
  /** Judges a finished resource; no faults means valid. One with faults is repaired or left out, with an issue. */
  readonly validate: (resource: JsonObject) => readonly ResourceFault[];
}

/** Two records of a sender that it declares to be of one person: `from` gives way to `into` (A40). */
export interface PatientMerge {
  /** Ids of ours. */
  readonly from: string;
  readonly into: string;
}

/** What a message became. */
export interface V2Normalised extends Normalised {
  /** `unsupported`: well formed, of a type that is not converted yet: no resources. `malformed`: no message at all. */
  readonly kind: 'converted' | 'unsupported' | 'malformed';
  /** `ADT^A01`; `undefined` where malformed. */
  readonly message: string | undefined;
  /** The patient that it is about: the key at the sender and our id. */
  readonly patient: { readonly sourceId: string; readonly id: string } | undefined;
  /** EVN-2, else MSH-7: when it happened, epoch milliseconds; `undefined` where unknown. Older news never overwrites newer. */
  readonly eventMs: number | undefined;
  readonly merges: readonly PatientMerge[];
  /** Version of the converter, and digests of the maps that were used, for the lineage. */
  readonly converter: { readonly name: string; readonly version: string; readonly maps: string };
}
