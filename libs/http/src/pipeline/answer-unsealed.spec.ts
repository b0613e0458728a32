import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import { answerUnsealed } from './answer-unsealed.js';
import type { PipelineParts } from './pipeline-parts.js';

describe('an answer without a seal', () => {
  const incidents: unknown[] = [];
  const parts = z.custom<PipelineParts<never>>().parse({
    incident: (kind: string, detail: unknown) => incidents.push([kind, detail]),
    storageFault: () => undefined,
  });
  const sent: number[] = [];
  const reply = z.custom<FastifyReply>().parse({
    request: { id: 'r-1' },
    code: (status: number) => sent.push(status),
    headers: () => undefined,
    send: () => undefined,
  });
  const failing = (error: unknown) =>
    answerUnsealed('log', reply, parts, () => {
      throw error;
    });
  beforeEach(() => {
    incidents.splice(0);
    sent.splice(0);
  });

  it('is an incident where the log fails an integrity check, or something unforeseen happens', async () => {
    await failing(new GatewayError('integrity-failure', { details: 'tile 3' }));
    await failing(new TypeError('of what it quotes nothing is told'));
    expect(sent).toEqual([500, 500]);
    expect(incidents).toEqual([
      ['integrity-failure', { requestId: 'r-1', cause: expect.stringContaining('tile 3') }],
      ['internal', { requestId: 'r-1', cause: 'TypeError' }],
    ]);
  });

  it('is none where the client asked for what is not there', async () => {
    await failing(new GatewayError('not-found'));
    expect(sent).toEqual([404]);
    expect(incidents).toEqual([]);
  });
});
