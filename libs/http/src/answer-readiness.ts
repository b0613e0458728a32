import type { FastifyReply } from 'fastify';
import type { Readiness } from './parts-probe.js';
import type { ReadinessWatch } from './readiness-watch.js';

/** What can be answered now, part by part; 503 where a part that is needed is down. */
export async function answerReadiness(watch: ReadinessWatch, reply: FastifyReply): Promise<Readiness> {
  const readiness = await watch.look();
  reply.code(readiness.ready ? 200 : 503);
  return readiness;
}
