import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { Operation, Outcome } from '../operation.js';
import { boundBy } from './bound-by.js';
import { opForm, signedForm } from './forms.js';
import { signedBy } from './signed-by.js';

const OPS_MAX = 64;
const input = z.strictObject({
  ...signedForm,
  ops: z
    .array(opForm.extend({ kind: z.literal(3) }))
    .min(1)
    .max(OPS_MAX),
});
type Revocation = z.infer<typeof input>;

/**
 * `POST /consent/revocations`: a signed revocation. It is latched in the transaction that seals it, and so effective on
 * every replica before the answer leaves; the relayer brings it to the chain, ahead of grants. It needs no node.
 */
export const revokeGrant: Operation<Revocation> = {
  name: 'consent-revocation',
  role: 'relay',
  urgent: true,
  input,
  async handle(body, _principal, parts): Promise<Outcome> {
    const binding = await boundBy(body, parts);
    if (!(await parts.desk.areOpsSigned(body)))
      throw new GatewayError('invalid-value', { expression: ['signature'] });
    const { subject, ops } = body;
    const atMs = parts.clock();
    return {
      status: 202,
      body: { subject, revoked: ops.map(({ grantId }) => grantId), effective: 'now' },
      class: ENTRY_CLASS.access,
      subjects: [
        signedBy({
          person: binding.person,
          patient: binding.patient,
          binding: await parts.bindingLeaf(binding.recordId),
          wire: undefined,
          links: { revoked: ops.map(({ grantId }) => grantId), subject },
        }),
      ],
      writes: [
        ...ops.map((op) => ({
          kind: 'latch' as const,
          subject,
          grantId: op.grantId,
          latch: 'revoked' as const,
          version: op.version,
          atMs,
        })),
        {
          kind: 'outbox',
          key: `ops:${ops.map(({ grantId, version }) => `${grantId}:${version}`).join(',')}:revoke`,
          ...parts.desk.applyCall(body),
          priority: 'urgent',
        },
      ],
      committed: parts.pokeRelayer,
    };
  },
};
