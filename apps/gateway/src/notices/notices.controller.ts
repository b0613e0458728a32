import { Controller, Get, Inject, Req, Res, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Parts } from '../parts.js';
import { PARTS } from '../parts.token.js';
import { answerNotices } from './answer-notices.js';

/** Notices of accesses to a person's record, as they happen. */
@Controller('notices')
export class NoticesController implements OnModuleDestroy {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get()
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerNotices(request, reply, this.#parts);
  }

  /** Streams would keep the server open. */
  onModuleDestroy(): void {
    this.#parts.notices.close();
  }
}
