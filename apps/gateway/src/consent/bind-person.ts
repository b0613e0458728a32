import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { Company } from '#store';
import type { Outcome, Operation } from '../operation.js';
import type { Parts } from '../parts.js';
import { hexOf, hexUpTo, seconds } from './forms.js';
import type { Statement } from './desk.js';
import { signedBy } from './signed-by.js';

const input = z.strictObject({
  patient: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/),
  subject: hexOf(32),
  signer: hexUpTo(256),
  salt: hexOf(32),
  rights: z.enum(['self', 'guardian', 'custodian']),
  from: seconds,
  to: seconds,
  evidence: z.enum(['login-aal2', 'two-clerks', 'court-paper', 'custodian']),
  nonce: z.string().min(1).max(256),
  signature: hexUpTo(4096),
  /** By the key of a binding that the person has already: only it, or nobody before it, can add another. */
  countersigner: hexUpTo(256).optional(),
  countersignature: hexUpTo(4096).optional(),
});
type Binding = z.infer<typeof input>;

/**
 * `POST /consent/bindings`: which subject on the chain speaks for which person. Sealed before its first use (class 07);
 * the subject is opened on the chain by the relayer. A subject is bound once.
 */
export const bindPerson: Operation<Binding> = {
  name: 'consent-binding',
  role: 'registrar',
  input,
  async handle(body, _principal, parts): Promise<Outcome> {
    const statement = statementOf(body, parts);
    await checkBinding(body, statement, parts);
    const company = await parts.links.companyOf(body.patient);
    if (company === undefined) throw new GatewayError('not-found');
    const { person } = company;
    await checkSuccession(body, statement, { company, parts });
    const id = parts.newId(parts.clock());
    const call = parts.desk.openCall(body.signer, body.salt);
    return {
      status: 201,
      body: { binding: id, patient: body.patient, subject: body.subject, signerHash: statement.signerHash },
      class: ENTRY_CLASS.binding,
      subjects: [
        signedBy({
          person,
          patient: body.patient,
          binding: null,
          wire: parts.desk.statementBytes(statement),
          links: {
            subject: body.subject,
            signerHash: statement.signerHash,
            rights: body.rights,
            evidence: body.evidence,
          },
        }),
      ],
      writes: [
        company.seen,
        {
          kind: 'binding',
          binding: {
            id,
            patient: body.patient,
            person,
            subject: body.subject,
            signerHash: statement.signerHash,
            rights: body.rights,
            fromMs: body.from * 1000,
            toMs: body.to === 0 ? undefined : body.to * 1000,
            evidence: body.evidence,
            statement: parts.desk.statementBytes(statement),
            signature: Buffer.from(body.signature.slice(2), 'hex'),
          },
        },
        { kind: 'outbox', key: `open:${body.subject}`, ...call, priority: 'normal' },
      ],
      committed: parts.pokeRelayer,
    };
  },
};

function statementOf(body: Binding, parts: Parts): Statement {
  const { nonce, patient, subject, rights, from, to } = body;
  const signerHash = parts.desk.signerHashOf(body.signer);
  return { origin: new URL(parts.fhirBase).origin, nonce, patient, subject, signerHash, rights, from, to };
}

async function checkBinding(body: Binding, statement: Statement, parts: Parts): Promise<void> {
  if (!parts.challenges.isFresh(body.nonce, parts.clock())) throw invalid('nonce');
  if (!parts.desk.isSubjectOf(body.subject, body.signer, body.salt)) throw invalid('subject');
  if (!(await parts.desk.isStatementSigned(statement, body.signer, body.signature)))
    throw invalid('signature');
  if ((await parts.filings.bindingOf(body.subject)) !== undefined) throw new GatewayError('version-conflict');
}

/**
 * Who speaks for a person may add another key; a registrar alone may not, once there is one. So for one whom a source took
 * from others: until an administrator tells them apart their keys count as hers, and one of them must countersign. A custodian
 * needs two persons and a document, which is not to be had here yet; a guardian's authority must end by itself.
 */
async function checkSuccession(
  body: Binding,
  statement: Statement,
  { company, parts }: { readonly company: Company; readonly parts: Parts },
): Promise<void> {
  if (body.rights === 'custodian') throw new GatewayError('not-implemented');
  if (body.rights === 'guardian' && body.to === 0) throw invalid('to');
  const now = parts.clock();
  const bindings = await parts.filings.bindingsOf([body.patient, ...company.others, ...company.former]);
  const held = bindings.filter(({ toMs }) => now < (toMs ?? Infinity));
  if (held.length === 0) return;
  const isHeld = (signerHash: string) => held.some((binding) => binding.signerHash === signerHash);
  if (isHeld(statement.signerHash)) return;
  const { countersigner, countersignature } = body;
  if (
    countersigner === undefined ||
    countersignature === undefined ||
    !isHeld(parts.desk.signerHashOf(countersigner))
  ) {
    throw new GatewayError('precondition', { details: 'The key of a binding in force must countersign.' });
  }
  if (!(await parts.desk.isCountersigned(statement, countersigner, countersignature))) {
    throw invalid('countersignature');
  }
}

function invalid(expression: string): GatewayError {
  return new GatewayError('invalid-value', { expression: [expression] });
}
