import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { outcome } from './answer.js';
import { send } from './send.js';

/** Whatever fails becomes an OperationOutcome with the status and nothing of the cause. */
@Catch()
export class OutcomeFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const code = status < 500 ? 'invalid' : 'exception';
    return send(host.switchToHttp().getResponse<FastifyReply>(), outcome(status, code, 'Request refused.'));
  }
}
