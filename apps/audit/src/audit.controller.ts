import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answer } from './answer.js';
import { type Parts } from './parts.js';
import { PARTS } from './parts.token.js';
import { proveConsistency } from './proofs/prove-consistency.js';
import { proveInclusion } from './proofs/prove-inclusion.js';
import { fetchReceipt } from './records/fetch-receipt.js';
import { showRecord } from './records/show-record.js';
import { showTimeline } from './timeline/show-timeline.js';

/** Records of everybody, for the role `auditor`: each answer is sealed with the persons whose records it shows. */
@Controller('audit')
export class AuditController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get('timeline')
  timeline(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answer(showTimeline, { request, reply }, this.#parts);
  }

  @Get('records/:index')
  record(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answer(showRecord, { request, reply }, this.#parts);
  }

  @Get('receipts/:index')
  receipt(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answer(fetchReceipt, { request, reply }, this.#parts);
  }

  @Get('proof/inclusion')
  inclusion(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answer(proveInclusion, { request, reply }, this.#parts);
  }

  @Get('proof/consistency')
  consistency(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answer(proveConsistency, { request, reply }, this.#parts);
  }
}
