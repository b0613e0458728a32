import net from 'node:net';
import { Body, Controller, Get, HttpCode, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Registry } from 'prom-client';
import { GatewayError } from '#outcome';
import { createFastify, type HttpOptions, type Mount } from '../create-fastify.js';
import { createLogger, nestLogger } from '../logger.js';
import { createMetrics } from '../metrics.js';
import { OperationsModule } from '../operations.module.js';
import { OutcomeFilter } from '../outcome.filter.js';
import type { PartsProbe } from '../parts-probe.js';

@Controller('fhir/R4')
class SmallController {
  @Get('Patient/:id')
  read(@Param('id') id: string) {
    return { resourceType: 'Patient', id };
  }

  @Get('fail/:how')
  fail(@Param('how') how: string) {
    throw failures[how] ?? new GatewayError('not-found');
  }

  @Post('echo')
  @HttpCode(200)
  echo(@Body() body: unknown) {
    return { bytes: Buffer.isBuffer(body) ? body.toString('hex') : 'none' };
  }
}

const failures: Readonly<Record<string, unknown>> = {
  secret: new Error('password of Jane Roe is hunter2'),
  text: 'thrown text of Jane Roe',
  disguised: Object.assign(new Error('Jane Roe'), { statusCode: 404, status: 404 }),
  login: new GatewayError('login-required'),
  expired: new GatewayError('token-expired'),
  scope: new GatewayError('scope-insufficient'),
  busy: new GatewayError('overloaded', { retryAfterS: 7 }),
  value: new GatewayError('invalid-value', { expression: ['Patient.birthDate'] }),
  source: new GatewayError('source-invalid', { details: 'inner matter' }),
};

/** A running application with our server, filter and operations, on a free port. */
export interface SmallApp {
  readonly port: number;
  readonly url: string;
  readonly lines: string[];
  readonly metrics: Registry;
  /** Sends bytes as they are and gives back all that comes until the connection ends. */
  raw(bytes: string | Buffer, endMs?: number): Promise<string>;
  close(): Promise<void>;
}

export async function startSmallApp(
  change: Partial<HttpOptions['config']> = {},
  probes: readonly PartsProbe[] = [],
  mounts: readonly Mount[] = [],
): Promise<SmallApp> {
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) });
  const metrics = createMetrics();
  const config = {
    BODY_LIMIT_BYTES: 1_000,
    HEADER_LIMIT_BYTES: 4_096,
    CONNECTIONS_MAX: 100,
    HEADERS_TIMEOUT_MS: 20_000,
    REQUEST_TIMEOUT_MS: 30_000,
    KEEP_ALIVE_TIMEOUT_MS: 500,
    PUBLIC_URL: undefined,
    ...change,
  };

  @Module({ imports: [OperationsModule.of(probes, metrics)], controllers: [SmallController] })
  class SmallModule {}

  const adapter = new FastifyAdapter(createFastify({ config, log, metrics, mounts }));
  const app = await NestFactory.create(SmallModule, adapter, { bodyParser: false, logger: nestLogger(log) });
  app.useGlobalFilters(new OutcomeFilter(log));
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
  const port = Number(new URL(url).port);
  return { port, url, lines, metrics, raw: (bytes) => exchange(port, bytes), close: () => app.close() };
}

function exchange(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(20_000, () => socket.destroy(new Error('the server keeps the connection')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
