import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerReadiness } from './answer-readiness.js';
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
  ready(@Res({ passthrough: true }) reply: FastifyReply) {
    return answerReadiness(this.#watch, reply);
  }
}
