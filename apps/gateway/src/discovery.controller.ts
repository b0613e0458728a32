import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { answerUnsealed } from '#http';
import { type Parts } from './parts.js';
import { PARTS } from './parts.token.js';
import { renderSmartConfiguration } from './render-smart-configuration.js';

/** SMART discovery, below the FHIR base. */
@Controller('fhir/R4/.well-known')
export class DiscoveryController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get('smart-configuration')
  smart(@Res() reply: FastifyReply): Promise<void> {
    return answerUnsealed('smart-configuration', reply, this.#parts, renderSmartConfiguration);
  }
}
