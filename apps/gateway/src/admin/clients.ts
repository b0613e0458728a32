import { z } from 'zod';
import { listClients, registerClient, removeClient } from '#oauth';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS, type SubjectDraft } from '#provenance';
import { parseClientRegistration, type ClientRegistration } from '#smart';
import type { Operation, Outcome } from '../operation.js';

const NOBODY: readonly SubjectDraft[] = [];
const named = z.strictObject({ id: z.string().min(1).max(64) });

/** `GET /admin/clients`. */
export const listAllClients: Operation<Record<string, unknown>> = {
  name: 'client-list',
  role: 'administrator',
  input: z.record(z.string(), z.unknown()),
  async handle(_input, _principal, parts): Promise<Outcome> {
    const clients = await listClients(parts.tokens);
    return answer(200, { clients: clients.map(({ jwks: _jwks, ...shown }) => shown) });
  },
};

/** `POST /admin/clients`: registers a client, or replaces its registration. */
export const addClient: Operation<unknown> = {
  name: 'client-add',
  role: 'administrator',
  input: z.unknown(),
  async handle(input, _principal, parts): Promise<Outcome> {
    const registration: ClientRegistration = parseClientRegistration(input);
    return answer(201, { id: registration.id }, async () => {
      await registerClient(parts.tokens, registration);
    });
  },
};

/** `DELETE /admin/clients/{id}`: its tokens end with it. */
export const dropClient: Operation<z.infer<typeof named>> = {
  name: 'client-remove',
  role: 'administrator',
  input: named,
  async handle({ id }, _principal, parts): Promise<Outcome> {
    const known = await listClients(parts.tokens);
    if (!known.some((client) => client.id === id)) throw new GatewayError('not-found');
    return answer(200, { id }, async () => {
      await removeClient(parts.tokens, id);
    });
  },
};

function answer(status: number, body: unknown, committed?: () => Promise<void>): Outcome {
  const outcome = { status, body, class: ENTRY_CLASS.configuration, subjects: NOBODY, writes: [] };
  return committed === undefined ? outcome : { ...outcome, committed };
}
