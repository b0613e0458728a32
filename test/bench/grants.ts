import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { ConsentAction, GrantOp, Hex } from '#consent';
import { Api } from '../../apps/cli/src/api.js';
import { termsJson, type GrantFile } from '../../apps/cli/src/grant-file.js';
import { personKey } from '../../apps/cli/src/person-key.js';
import { registryOf, waitFor } from '../../apps/cli/src/registry.js';
import { signOp } from '../../apps/cli/src/sign-op.js';
import { unsignedGrant } from '../../apps/cli/src/unsigned-grant.js';
import { bindSubject } from '../../apps/standalone/src/bind-subject.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';

const STATUS = z.object({ state: z.string() });
const MS_PER_S = 1_000;
const REVOKED = 3;

/** A person who is bound to a subject, with her key. */
export interface BoundPerson {
  readonly patient: string;
  readonly privateKey: string;
  readonly subject: Hex;
}

/** To whom a person grants her Observations, and for which acts; for reading, where none are named. */
export interface GrantWish {
  readonly client: string;
  readonly actions?: readonly ConsentAction[];
}

/** Binds each person to a subject of her own; all are open at the end. */
export async function bindAll(
  ready: ReadyFile,
  patients: readonly string[],
): Promise<readonly BoundPerson[]> {
  const registrar = new Api(ready, 'registrar');
  const registry = registryOf(ready);
  const bound: BoundPerson[] = [];
  // oxlint-disable no-await-in-loop -- one person after the other
  for (const patient of patients) {
    const privateKey = `0x${randomBytes(32).toString('hex')}`;
    bound.push({ patient, privateKey, subject: await bindSubject(registrar, { patient, privateKey }) });
  }
  for (const { subject } of bound) await waitFor('a subject is open', () => registry.isOpen(subject));
  // oxlint-enable no-await-in-loop
  return bound;
}

/** Has each person grant a client her Observations; all are in force at the end. */
export async function grantAll(
  ready: ReadyFile,
  people: readonly BoundPerson[],
  wish: GrantWish,
): Promise<readonly GrantFile[]> {
  const wallet = new Api(ready, 'wallet');
  const grants: GrantFile[] = [];
  // oxlint-disable no-await-in-loop -- one person after the other
  for (const person of people) grants.push(await grantOne(ready, wallet, person, wish));
  for (const { grantId } of grants) {
    await waitFor('a grant is in force', async () => {
      const { body } = await wallet.must('GET', `/consent/grants/${grantId}`);
      return STATUS.parse(body).state === 'in-force';
    });
  }
  // oxlint-enable no-await-in-loop
  return grants;
}

/** Hands in the revocation of a grant. */
export async function revoke(
  ready: ReadyFile,
  { privateKey, subject }: BoundPerson,
  { grantId, commitment, version }: GrantFile,
): Promise<void> {
  const op: GrantOp = { grantId, commitment, kind: REVOKED, from: 0, to: 0, version };
  const key = personKey(privateKey);
  const signature = await signOp(ready, key, { subject, op, deadline: 0 });
  const body = { subject, deadline: 0, signer: key.address, signature, ops: [op] };
  await new Api(ready, 'wallet').must('POST', '/consent/revocations', body);
}

async function grantOne(
  ready: ReadyFile,
  wallet: Api,
  { patient, privateKey, subject }: BoundPerson,
  { client, actions }: GrantWish,
): Promise<GrantFile> {
  const nowS = Math.floor(Date.now() / MS_PER_S);
  const { made, op, deadline } = unsignedGrant(
    {
      patient,
      subject,
      client,
      effect: 'permit',
      classes: ['Observation'],
      ...(actions === undefined ? {} : { actions }),
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
  return made;
}
