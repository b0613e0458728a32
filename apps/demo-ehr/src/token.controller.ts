import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Northside } from './northside.js';
import { asked, send } from './send.js';

/** Northside's token endpoint. */
@Controller('oauth')
export class TokenController {
  constructor(@Inject(Northside) private readonly northside: Northside) {}

  @Post('token')
  token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.token(asked(request)));
  }
}
