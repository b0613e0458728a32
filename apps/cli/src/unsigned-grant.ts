import { randomBytes } from 'node:crypto';
import {
  buildGrantConsent,
  commitmentOf,
  type ConsentAction,
  parseConsent,
  termsOf,
  type GrantOp,
  type Hex,
} from '#consent';
import type { GrantFile } from './grant-file.js';

const DEADLINE_S = 86_400;
const MS_PER_S = 1_000;
const KIND = { permit: 1, deny: 2 } as const;

/** What a person wants to grant or deny. Times are Unix seconds; `to` 0 where it is open. */
export interface GrantTerms {
  readonly patient: string;
  readonly subject: Hex;
  readonly client: string;
  readonly effect: 'permit' | 'deny';
  readonly classes: readonly string[];
  readonly actions?: readonly ConsentAction[];
  readonly purposes: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** A grant that waits for its signature: what the signer keeps, and the operation that is signed. */
export interface UnsignedGrant {
  readonly made: GrantFile;
  readonly op: GrantOp;
  /** Unix seconds. */
  readonly deadline: number;
}

/** The Consent of a grant, the terms that follow from it, and the operation that commits to them. */
export function unsignedGrant(wanted: GrantTerms, nowS: number): UnsignedGrant {
  const { patient, subject, client, effect, from, to } = wanted;
  const bytes = buildGrantConsent({
    ...wanted,
    fromMs: from * MS_PER_S,
    toMs: to === 0 ? Infinity : to * MS_PER_S,
    atMs: nowS * MS_PER_S,
  });
  const terms = termsOf(parseConsent(bytes), `client:${client}`, random32());
  const commitment = commitmentOf(terms);
  const grantId = random32();
  const consent = Buffer.from(bytes).toString('base64');
  return {
    made: { patient, subject, grantId, version: 1, commitment, terms, consent },
    op: { grantId, commitment, kind: KIND[effect], from, to, version: 1 },
    deadline: nowS + DEADLINE_S,
  };
}

function random32(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}
