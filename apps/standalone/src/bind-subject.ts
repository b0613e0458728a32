import { setTimeout as sleep } from 'node:timers/promises';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import { mustSucceed, type Api } from '../../cli/src/api.js';
import { fileBinding } from '../../cli/src/file-binding.js';
import { personKey } from '../../cli/src/person-key.js';
import type { TrialPerson } from './people.js';

const TRIES = 200;
const PAUSE_MS = 100;
const NOT_YET = 404;

/** Binds a person to a new subject as a registrar would. Waits for the roster: until then nobody knows the patient. */
export async function bindSubject(registrar: Api, { patient, privateKey }: TrialPerson): Promise<Hex> {
  const wish = { patient, key: personKey(privateKey), rights: 'self', evidence: 'login-aal2' } as const;
  for (let tries = 0; tries < TRIES; tries += 1) {
    // oxlint-disable no-await-in-loop -- one try after the other
    const { subject, answer } = await fileBinding(registrar, wish);
    if (answer.status !== NOT_YET) {
      mustSucceed('the binding', answer);
      return subject;
    }
    await sleep(PAUSE_MS);
    // oxlint-enable no-await-in-loop
  }
  throw new GatewayError('source-timeout', { details: `The roster did not bring ${patient} in time.` });
}
