import { Body, Controller, Delete, Get, Inject, Param, Put, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LoopbackGuard } from './loopback.guard.js';
import { Admin } from './admin.js';
import { send } from './send.js';

/** The control endpoint; registered only where the settings open it. */
@Controller('admin')
@UseGuards(LoopbackGuard)
export class AdminController {
  constructor(@Inject(Admin) private readonly admin: Admin) {}

  @Put('faults')
  setFaults(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.setFaults(body));
  }

  @Get('faults')
  listFaults(@Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.listFaults());
  }

  @Put('rate')
  setRate(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.setRate(body));
  }

  @Put('resources')
  put(@Body() body: unknown, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.put(body));
  }

  @Delete('resources/:type/:id')
  remove(@Param('type') type: string, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.remove(type, id));
  }

  @Delete('tokens')
  dropTokens(@Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.dropTokens());
  }

  @Get('visits')
  visits(@Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.visits());
  }

  @Delete('visits')
  forgetVisits(@Res() reply: FastifyReply): Promise<void> {
    return send(reply, this.admin.forgetVisits());
  }
}
