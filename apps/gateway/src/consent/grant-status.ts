import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { Operation, Outcome } from '../operation.js';
import { hexOf } from './forms.js';

const input = z.strictObject({ grantId: hexOf(32) });

/** `GET /consent/grants/{grantId}`: filed, on its way, in force, revoked; with the block that says so. */
export const grantStatus: Operation<z.infer<typeof input>> = {
  name: 'consent-status',
  role: 'relay',
  input,
  async handle({ grantId }, _principal, parts): Promise<Outcome> {
    const status = await parts.filings.statusOf(grantId);
    if (status === undefined) throw new GatewayError('not-found');
    return { status: 200, body: status, class: ENTRY_CLASS.access, subjects: [], writes: [] };
  },
};
