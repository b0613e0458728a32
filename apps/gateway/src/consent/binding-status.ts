import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS } from '#provenance';
import type { Operation, Outcome } from '../operation.js';
import { hexOf } from './forms.js';

const input = z.strictObject({ subject: hexOf(32) });

/** `GET /consent/bindings/{subject}`: whom a subject speaks for, and whether the chain knows it yet. */
export const bindingStatus: Operation<z.infer<typeof input>> = {
  name: 'consent-binding-status',
  role: 'registrar',
  input,
  async handle({ subject }, _principal, parts): Promise<Outcome> {
    const binding = await parts.filings.bindingOf(subject);
    if (binding === undefined) throw new GatewayError('not-found');
    const { id, patient, rights, evidence, fromMs, toMs } = binding;
    const body = {
      binding: id,
      patient,
      subject,
      rights,
      evidence,
      from: new Date(fromMs).toISOString(),
      to: toMs === undefined ? null : new Date(toMs).toISOString(),
      state: (await parts.desk.isOpen(subject)) ? 'open' : 'filed',
    };
    return { status: 200, body, class: ENTRY_CLASS.access, subjects: [], writes: [] };
  },
};
