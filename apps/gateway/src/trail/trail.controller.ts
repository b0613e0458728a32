import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Parts } from '../parts.js';
import { PARTS } from '../parts.token.js';
import { accessReport } from './access-report.js';
import { answerTrail } from './answer-trail.js';
import { readAuditEvent, searchAuditEvents } from './audit-event-search.js';

/** Who looked into whose record: AuditEvents and reports, below the FHIR base. */
@Controller('fhir/R4')
export class TrailController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get('AuditEvent')
  search(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerTrail(searchAuditEvents, { request, reply }, this.#parts);
  }

  @Post('AuditEvent/_search')
  searchByForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerTrail(searchAuditEvents, { request, reply }, this.#parts);
  }

  @Get('AuditEvent/:id')
  read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerTrail(readAuditEvent, { request, reply }, this.#parts);
  }

  @Get('Patient/:id/$access-report')
  report(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerTrail(accessReport, { request, reply }, this.#parts);
  }

  @Post('Patient/:id/$access-report')
  reportByParameters(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerTrail(accessReport, { request, reply }, this.#parts);
  }
}
