import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import { isFromThisMachine } from './is-from-this-machine.js';
import { GatewayError } from '#outcome';

/** Figures for a collector on this machine; for everybody else the page is not there. */
@Controller('metrics')
export class MetricsController {
  readonly #registry: Registry;

  constructor(@Inject(Registry) registry: Registry) {
    this.#registry = registry;
  }

  @Get()
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    if (!isFromThisMachine(request.raw)) throw new GatewayError('not-found');
    reply.type(this.#registry.contentType);
    return this.#registry.metrics();
  }
}
