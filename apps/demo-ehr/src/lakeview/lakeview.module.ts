import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { OutcomeFilter } from '../outcome.filter.js';
import { LakeviewAdmin } from './lakeview-admin.js';
import { LakeviewController } from './lakeview.controller.js';
import { Lakeview } from './lakeview.js';
import type { LakeviewSettings } from './settings.js';

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MESSAGE_TYPES = ['text/plain', 'application/hl7-v2', 'x-application/hl7-v2+er7'];

/** Lakeview's control endpoint as a Nest module. */
@Module({})
export class LakeviewModule {
  static around(lakeview: Lakeview): DynamicModule {
    return {
      module: LakeviewModule,
      controllers: [LakeviewController],
      providers: [{ provide: LakeviewAdmin, useValue: new LakeviewAdmin(lakeview) }],
    };
  }
}

/** A running Lakeview. */
export interface RunningLakeview {
  readonly lakeview: Lakeview;
  readonly adminUrl: string;
  close(): Promise<void>;
}

/** Starts Lakeview; resolves when its control endpoint listens. Whether anybody takes its messages is another matter. */
export async function startLakeview(settings: LakeviewSettings, now: () => Date): Promise<RunningLakeview> {
  const lakeview = new Lakeview(settings, now);
  const adapter = new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  const module = LakeviewModule.around(lakeview);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false });
  app.useBodyParser(MESSAGE_TYPES, { bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, body));
  app.useGlobalFilters(new OutcomeFilter());
  await app.listen(settings.PORT, settings.HOST);
  const adminUrl = `${await app.getUrl()}/admin`;
  lakeview.begin();
  return {
    lakeview,
    adminUrl,
    close: () => {
      lakeview.down();
      return app.close();
    },
  };
}
