import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import type { BindingRow } from '#store';
import type { Parts } from '../parts.js';

/**
 * The binding of the subject, in force, whose key this is, with the person whom its patient is now: since the key was bound
 * she may have become another. Throws `not-found` where there is none, the same for another key's, and `precondition` where
 * it is not in force.
 */
export async function boundBy(
  { subject, signer }: { readonly subject: Hex; readonly signer: Hex },
  parts: Parts,
): Promise<BindingRow> {
  const binding = await parts.filings.bindingOf(subject);
  if (binding === undefined || binding.signerHash !== parts.desk.signerHashOf(signer)) {
    throw new GatewayError('not-found');
  }
  const now = parts.clock();
  const inForce = binding.fromMs <= now && now < (binding.toMs ?? Infinity);
  if (!inForce) throw new GatewayError('precondition', { details: 'The binding is not in force.' });
  const persons = await parts.rules.personsOf([binding.patient]);
  return { ...binding, person: persons.get(binding.patient) ?? binding.person };
}
