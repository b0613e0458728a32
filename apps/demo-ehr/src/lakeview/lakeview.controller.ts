import { Body, Controller, Get, Inject, Post, Put, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LoopbackGuard } from '../loopback.guard.js';
import { send } from '../send.js';
import { LakeviewAdmin } from './lakeview-admin.js';

/** Lakeview's control endpoint. */
@Controller('admin')
@UseGuards(LoopbackGuard)
export class LakeviewController {
  constructor(@Inject(LakeviewAdmin) private readonly admin: LakeviewAdmin) {}

  @Get('status')
  status(@Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.status());
  }

  @Get('messages')
  posted(@Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.posted());
  }

  @Put('link')
  setLink(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.setLink(body));
  }

  @Post('corrections')
  correct(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.correct(body));
  }

  @Post('merges')
  merge(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.merge(body));
  }

  @Post('again')
  again(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.again(body));
  }

  @Post('messages')
  raw(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.raw(body));
  }
}
