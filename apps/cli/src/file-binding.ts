import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { signerHashOf, signStatement, subjectId } from '#chain';
import type { Hex } from '#consent';
import type { Api, ApiAnswer } from './api.js';
import type { PersonKey } from './person-key.js';

const challengeSchema = z.object({ nonce: z.string() });

/** Who is to be bound, in what right, and what the registrar saw. */
export interface BindingWish {
  readonly patient: string;
  readonly key: PersonKey;
  readonly rights: 'self' | 'guardian' | 'custodian';
  readonly evidence: string;
  /** Key of a binding that the patient has already: it must countersign a new key. */
  readonly oldKey?: PersonKey | undefined;
}

/** The person's key signs that a new subject is hers; a registrar hands that in. The answer may be a refusal. */
export async function fileBinding(
  api: Api,
  { patient, key, rights, evidence, oldKey }: BindingWish,
): Promise<{ readonly subject: Hex; readonly answer: ApiAnswer }> {
  const { nonce } = challengeSchema.parse((await api.must('GET', '/consent/challenges')).body);
  const salt: Hex = `0x${randomBytes(32).toString('hex')}`;
  const signerHash = signerHashOf(key.address);
  const subject = subjectId(signerHash, salt);
  const terms = { patient, subject, rights, nonce, from: Math.floor(Date.now() / 1000), to: 0 };
  const statement = { ...terms, origin: api.origin, signerHash };
  const signature = signStatement(key.privateKey, statement);
  const counter =
    oldKey === undefined
      ? {}
      : { countersigner: oldKey.address, countersignature: signStatement(oldKey.privateKey, statement) };
  const body = { ...terms, ...counter, evidence, salt, signature, signer: key.address };
  return { subject, answer: await api.call('POST', '/consent/bindings', body) };
}
