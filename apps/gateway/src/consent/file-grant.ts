import { z } from 'zod';
import { checkFiling, type GrantOp } from '#consent';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { BindingRow } from '#store';
import type { Operation, Outcome } from '../operation.js';
import type { Parts } from '../parts.js';
import { boundBy } from './bound-by.js';
import { opForm, signedForm, termsForm } from './forms.js';
import { signedBy } from './signed-by.js';

const CONSENT_BYTES = 65_536;
const input = z.strictObject({
  ...signedForm,
  op: opForm.extend({ kind: z.union([z.literal(1), z.literal(2)]) }),
  terms: termsForm,
  /** The exact bytes that were signed. */
  consent: z.base64().max(Math.ceil(CONSENT_BYTES / 3) * 4),
  /** Client id of the grantee; absent for a deny against everybody. */
  grantee: z.string().min(1).max(64).optional(),
});
type Grant = z.infer<typeof input>;

/**
 * `POST /consent/grants`: files the Consent of a signed grant (or deny) and hands the operation to the relayer. Refused
 * unless the terms are those of the Consent, the subject is bound to its patient, and the contract would accept.
 * A deny is effective at once; a permit when it is mined and final.
 */
export const fileGrant: Operation<Grant> = {
  name: 'consent-grant',
  role: 'relay',
  input,
  async handle(body, _principal, parts): Promise<Outcome> {
    const binding = await boundBy(body, parts);
    const bytes = Buffer.from(body.consent, 'base64');
    checkTerms(body, binding, bytes, parts);
    const refusal = await parts.desk.tryOps({ ...body, ops: [body.op] });
    if (refusal !== undefined)
      throw new GatewayError('version-conflict', { details: `contract: ${refusal}` });
    const consent = parts.newId(parts.clock());
    return {
      status: 202,
      body: { consent, grantId: body.op.grantId, status: `/consent/grants/${body.op.grantId}` },
      class: ENTRY_CLASS.access,
      subjects: [
        signedBy({
          person: binding.person,
          patient: binding.patient,
          binding: await parts.bindingLeaf(binding.recordId),
          wire: bytes,
          links: { consent, grantId: body.op.grantId, subject: body.subject, commitment: body.op.commitment },
        }),
      ],
      writes: writesOf({ body, binding, bytes, consent }, parts),
      committed: parts.pokeRelayer,
    };
  },
};

function checkTerms(body: Grant, binding: BindingRow, bytes: Uint8Array, parts: Parts): void {
  const check = checkFiling({
    bytes,
    kind: kindOf(body.op),
    terms: body.terms,
    commitment: body.op.commitment,
    patient: binding.patient,
    grantee: body.grantee === undefined ? undefined : `client:${body.grantee}`,
    nowMs: parts.clock(),
  });
  if (check.kind === 'accepted') return;
  const expression = check.faults.flatMap((fault) => fault.expression);
  throw new GatewayError('profile-invalid', {
    expression,
    details: check.faults.map(({ code }) => code).join(' '),
  });
}

function kindOf(op: GrantOp): 'permit' | 'deny' {
  return op.kind === 2 ? 'deny' : 'permit';
}

function writesOf(
  filed: { body: Grant; binding: BindingRow; bytes: Uint8Array; consent: string },
  parts: Parts,
): Outcome['writes'] {
  const { body, binding, bytes, consent } = filed;
  const { op, subject, terms } = body;
  const kind = kindOf(op);
  return [
    {
      kind: 'filing',
      filing: {
        consent,
        person: binding.person,
        patient: binding.patient,
        chainId: parts.desk.chainId,
        contract: parts.desk.registry,
        subject,
        grantId: op.grantId,
        version: op.version,
        kind,
        bytes,
        terms,
        commitment: op.commitment,
        binding: binding.recordId,
      },
    },
    ...(kind === 'deny'
      ? [
          {
            kind: 'latch' as const,
            subject,
            grantId: op.grantId,
            latch: 'deny' as const,
            version: op.version,
            atMs: parts.clock(),
          },
        ]
      : []),
    {
      kind: 'outbox',
      key: `ops:${op.grantId}:${op.version}`,
      ...parts.desk.applyCall({ ...body, ops: [op] }),
      priority: kind === 'deny' ? 'urgent' : 'normal',
    },
  ];
}
