import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ReadinessWatch } from './readiness-watch.js';

/** Whether the process lives, and whether it can answer. */
@Controller('health')
export class HealthController {
  readonly #watch: ReadinessWatch;

  constructor(@Inject(ReadinessWatch) watch: ReadinessWatch) {
    this.#watch = watch;
  }

  @Get('live')
  live() {
    return { live: true };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const readiness = await this.#watch.look();
    reply.code(readiness.ready ? 200 : 503);
    return readiness;
  }
}
