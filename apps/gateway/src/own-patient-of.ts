import { isOwnPurpose } from '#consent';
import type { Principal } from '#smart';

/**
 * The patient whose own app asks: a token for her own purpose, all of whose scopes are about her. `undefined` for every other
 * caller, also for one that could ask about others as well.
 */
export function ownPatientOf({ patient, purpose, scopes }: Principal): string | undefined {
  const isHers =
    isOwnPurpose(purpose) && scopes.length > 0 && scopes.every(({ level }) => level === 'patient');
  return isHers ? patient : undefined;
}
