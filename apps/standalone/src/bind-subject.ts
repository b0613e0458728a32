import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { importJWK, SignJWT, type JWK } from 'jose';
import { z } from 'zod';
import { addressOf, signerHashOf, signStatement, subjectId } from '#chain';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import type { TrialPerson } from './people.js';
import type { ReadyFile } from './ready.js';
import type { Running } from './supervisor.js';

const TRIES = 200;
const PAUSE_MS = 100;
const NOT_YET = 404;
const nonceSchema = z.object({ nonce: z.string() });
const tokenSchema = z.object({ access_token: z.string() });

/** Binds a person to a new subject as a registrar would. Waits for the roster: until then nobody knows the patient. */
export async function bindSubject(
  running: Running,
  registrar: ReadyFile['clients'][number],
  person: TrialPerson,
): Promise<Hex> {
  const origin = new URL(running.fhirBase).origin;
  const token = await tokenFor(running.tokenUrl, registrar);
  const privateKey = keyOf(person);
  for (let tries = 0; tries < TRIES; tries += 1) {
    // oxlint-disable no-await-in-loop -- one try after the other
    const challenge: unknown = await (await fetch(`${origin}/consent/challenges`)).json();
    const body = signedBinding(origin, nonceSchema.parse(challenge).nonce, {
      patient: person.patient,
      privateKey,
    });
    const answer = await fetch(`${origin}/consent/bindings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.ok) return body.subject;
    if (answer.status !== NOT_YET)
      throw new GatewayError('internal', { details: `binding: ${answer.status} ${text}` });
    await sleep(PAUSE_MS);
    // oxlint-enable no-await-in-loop
  }
  throw new GatewayError('source-timeout', {
    details: `The roster did not bring ${person.patient} in time.`,
  });
}

function signedBinding(
  origin: string,
  nonce: string,
  who: { readonly patient: string; readonly privateKey: Hex },
) {
  const signer = addressOf(who.privateKey);
  const signerHash = signerHashOf(signer);
  const salt: Hex = `0x${randomBytes(32).toString('hex')}`;
  const subject = subjectId(signerHash, salt);
  const from = Math.floor(Date.now() / 1000);
  const rights = 'self' as const;
  const statement = { origin, nonce, patient: who.patient, subject, signerHash, rights, from, to: 0 };
  const signature = signStatement(who.privateKey, statement);
  return {
    patient: who.patient,
    subject,
    signer,
    salt,
    rights,
    from,
    to: 0,
    evidence: 'login-aal2',
    nonce,
    signature,
  };
}

async function tokenFor(tokenUrl: string, client: ReadyFile['clients'][number]): Promise<string> {
  const jwk: JWK = { ...client.jwk };
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
    .setIssuer(client.id)
    .setSubject(client.id)
    .setAudience(tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('4m')
    .sign(await importJWK(jwk, 'ES384'));
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: client.scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const answer = await fetch(tokenUrl, { method: 'POST', body: form });
  const body: unknown = await answer.json();
  if (!answer.ok)
    throw new GatewayError('internal', { details: `token: ${answer.status} ${JSON.stringify(body)}` });
  return tokenSchema.parse(body).access_token;
}

function keyOf({ privateKey }: TrialPerson): Hex {
  if (!isKey(privateKey))
    throw new GatewayError('internal', { details: 'a key of people.json is malformed' });
  return privateKey;
}

function isKey(text: string): text is Hex {
  return /^0x[0-9a-f]{64}$/.test(text);
}
