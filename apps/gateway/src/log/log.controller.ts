import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnsealed } from '#http';
import { answerOperation } from '../answer.js';
import { type Parts } from '../parts.js';
import { PARTS } from '../parts.token.js';
import { fetchReceipt } from './fetch-receipt.js';
import { renderLog } from './render-log.js';

/** The log's public side, and receipts. */
@Controller()
export class LogController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get('log/:tenant/*')
  read(@Param('tenant') tenant: string, @Param('*') path: string, @Res() reply: FastifyReply): Promise<void> {
    return answerUnsealed('log', reply, this.#parts, (parts) =>
      renderLog(tenant === parts.tenant ? path : '', parts),
    );
  }

  @Get('receipts/:index')
  receipt(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(fetchReceipt, { request, reply }, this.#parts);
  }
}
