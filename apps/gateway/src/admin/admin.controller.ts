import { Controller, Delete, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOperation } from '../answer.js';
import { type Parts } from '../parts.js';
import { PARTS } from '../parts.token.js';
import { addClient, dropClient, listAllClients } from './clients.js';

/** Administration, under its own scope; every act is sealed. */
@Controller('admin')
export class AdminController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get('clients')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(listAllClients, { request, reply }, this.#parts);
  }

  @Post('clients')
  add(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(addClient, { request, reply }, this.#parts);
  }

  @Delete('clients/:id')
  remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(dropClient, { request, reply }, this.#parts);
  }
}
