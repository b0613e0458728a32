import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import { answerMetrics } from './answer-metrics.js';

/** Figures for a collector on this machine; for everybody else the page is not there. */
@Controller('metrics')
export class MetricsController {
  readonly #registry: Registry;

  constructor(@Inject(Registry) registry: Registry) {
    this.#registry = registry;
  }

  @Get()
  read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    return answerMetrics(this.#registry, { request, reply });
  }
}
