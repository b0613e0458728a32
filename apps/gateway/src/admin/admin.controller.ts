import { Controller, Delete, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOperation } from '../answer.js';
import { type Parts } from '../parts.js';
import { PARTS } from '../parts.token.js';
import { addClient, dropClient, listAllClients } from './clients.js';
import { discardMessage, listInbox, rawMessage, replayMessage, showMessage } from './inbox.js';
import { listLinks, unlinkPatient } from './links.js';

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

  @Get('inbox')
  messages(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(listInbox, { request, reply }, this.#parts);
  }

  @Get('inbox/:id')
  message(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(showMessage, { request, reply }, this.#parts);
  }

  @Get('inbox/:id/raw')
  raw(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(rawMessage, { request, reply }, this.#parts);
  }

  @Post('inbox/:id/replay')
  replay(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(replayMessage, { request, reply }, this.#parts);
  }

  @Post('inbox/:id/discard')
  discard(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(discardMessage, { request, reply }, this.#parts);
  }

  @Get('links/:patient')
  links(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(listLinks, { request, reply }, this.#parts);
  }

  @Post('links/:patient/unlink')
  unlink(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(unlinkPatient, { request, reply }, this.#parts);
  }
}
