import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerUnsealed } from '#http';
import { answerOperation } from '../answer.js';
import { type Parts } from '../parts.js';
import { PARTS } from '../parts.token.js';
import { bindingStatus } from './binding-status.js';
import { bindPerson } from './bind-person.js';
import { fileGrant } from './file-grant.js';
import { grantStatus } from './grant-status.js';
import { renderChallenge } from './render-challenge.js';
import { revokeGrant } from './revoke-grant.js';

/** Bindings, grants and revocations: what persons sign, handed in by registrars and wallets. */
@Controller('consent')
export class ConsentController {
  readonly #parts: Parts;

  constructor(@Inject(PARTS) parts: Parts) {
    this.#parts = parts;
  }

  @Get('challenges')
  challenge(@Res() reply: FastifyReply): Promise<void> {
    return answerUnsealed('challenge', reply, this.#parts, renderChallenge);
  }

  @Post('bindings')
  bind(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(bindPerson, { request, reply }, this.#parts);
  }

  @Get('bindings/:subject')
  bound(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(bindingStatus, { request, reply }, this.#parts);
  }

  @Post('grants')
  grant(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(fileGrant, { request, reply }, this.#parts);
  }

  @Get('grants/:grantId')
  status(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(grantStatus, { request, reply }, this.#parts);
  }

  @Post('revocations')
  revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return answerOperation(revokeGrant, { request, reply }, this.#parts);
  }
}
