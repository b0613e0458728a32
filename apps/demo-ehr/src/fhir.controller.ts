import { Controller, Delete, Get, Inject, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Northside } from './northside.js';
import { asked, send } from './send.js';

/** The FHIR API of Northside. */
@Controller('r4')
export class FhirController {
  constructor(@Inject(Northside) private readonly northside: Northside) {}

  @Get('metadata')
  metadata(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.metadata(asked(request)));
  }

  @Get('.well-known/smart-configuration')
  configuration(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.configuration(asked(request)));
  }

  @Get(':type')
  search(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.search(asked(request)));
  }

  @Post(':type/_search')
  searchByPost(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.search(asked(request)));
  }

  @Get(':type/:id')
  read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.read(asked(request)));
  }

  @Post(':type')
  create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.write(asked(request)));
  }

  @Put(':type/:id')
  update(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.write(asked(request)));
  }

  @Delete(':type/:id')
  remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.northside.write(asked(request)));
  }
}
