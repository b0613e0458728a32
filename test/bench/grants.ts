import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Hex } from '#consent';
import { Api } from '../../apps/cli/src/api.js';
import { termsJson } from '../../apps/cli/src/grant-file.js';
import { personKey } from '../../apps/cli/src/person-key.js';
import { registryOf, waitFor } from '../../apps/cli/src/registry.js';
import { signOp } from '../../apps/cli/src/sign-op.js';
import { unsignedGrant } from '../../apps/cli/src/unsigned-grant.js';
import { bindSubject } from '../../apps/standalone/src/bind-subject.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';

const STATUS = z.object({ state: z.string() });
const MS_PER_S = 1_000;

interface Bound {
  readonly patient: string;
  readonly privateKey: string;
  readonly subject: Hex;
}

/** Binds each person to a subject of her own, and has her grant a client her Observations; all are in force at the end. */
export async function grantAll(ready: ReadyFile, patients: readonly string[], client: string): Promise<void> {
  const registrar = new Api(ready, 'registrar');
  const wallet = new Api(ready, 'wallet');
  const registry = registryOf(ready);
  const bound: Bound[] = [];
  const grants: Hex[] = [];
  // oxlint-disable no-await-in-loop -- one person after the other
  for (const patient of patients) {
    const privateKey = `0x${randomBytes(32).toString('hex')}`;
    bound.push({ patient, privateKey, subject: await bindSubject(registrar, { patient, privateKey }) });
  }
  for (const person of bound) {
    await waitFor('a subject is open', () => registry.isOpen(person.subject));
    grants.push(await grantOne(ready, wallet, person, client));
  }
  for (const grant of grants) {
    await waitFor('a grant is in force', async () => {
      const { body } = await wallet.must('GET', `/consent/grants/${grant}`);
      return STATUS.parse(body).state === 'in-force';
    });
  }
  // oxlint-enable no-await-in-loop
}

async function grantOne(
  ready: ReadyFile,
  wallet: Api,
  { patient, privateKey, subject }: Bound,
  client: string,
): Promise<Hex> {
  const nowS = Math.floor(Date.now() / MS_PER_S);
  const { made, op, deadline } = unsignedGrant(
    {
      patient,
      subject,
      client,
      effect: 'permit',
      classes: ['Observation'],
      purposes: ['TREAT'],
      from: nowS,
      to: 0,
    },
    nowS,
  );
  const key = personKey(privateKey);
  const signature = await signOp(ready, key, { subject, op, deadline });
  await wallet.must('POST', '/consent/grants', {
    subject,
    deadline,
    signer: key.address,
    signature,
    op,
    terms: termsJson(made.terms),
    consent: made.consent,
    grantee: client,
  });
  return made.grantId;
}
