import { basisOf, SELF } from './policies.js';
import type { OwnAccess } from './request.js';
import { ALWAYS, ANYTHING } from './rule.js';

/** The person of a patient who is not here. No link leads to it. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A person's own app, and as of when it asks. */
export interface OwnAsked {
  readonly patient: string;
  /** `undefined` where the patient is not here, or linked to nobody. */
  readonly person: string | undefined;
  readonly client: string;
  /** Position of the projection that is decided on. */
  readonly position: bigint;
}

/** P-SELF as rules of one person for one app: all that is hers may be read, but for what the law lets be withheld. */
export function ownAccess({ patient, person = NOBODY, client, position }: OwnAsked): OwnAccess {
  const basis = basisOf(SELF);
  const any = { ...ANYTHING, valid: ALWAYS, actors: [`client:${client}`] };
  return {
    patient,
    basis,
    rules: {
      consent: `${basis.policy}@${basis.digest}`,
      person,
      kind: 'permit',
      rules: [
        { ...any, ordinal: 0, effect: 'permit', purposes: SELF.purposes, actions: ['access'] },
        { ...any, ordinal: 1, effect: 'deny', labels: SELF.withheld },
      ],
      fromPosition: position,
      untilPosition: null,
    },
  };
}

/** Whether a token for this purpose speaks for a person's own access. */
export function isOwnPurpose(purpose: string): boolean {
  return SELF.purposes.includes(purpose);
}
