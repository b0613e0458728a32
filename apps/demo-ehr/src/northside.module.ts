import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminController } from './admin.controller.js';
import { Admin } from './admin.js';
import { FhirController } from './fhir.controller.js';
import { Northside } from './northside.js';
import { OutcomeFilter } from './outcome.filter.js';
import { PEOPLE } from './people/people.js';
import type { Settings } from './settings.js';
import { TokenController } from './token.controller.js';

const MAX_BODY_BYTES = 1024 * 1024;

/** Northside as a Nest module: the FHIR API, the token endpoint, and the control endpoint where it is open. */
@Module({})
export class NorthsideModule {
  static around(northside: Northside, admin: boolean): DynamicModule {
    return {
      module: NorthsideModule,
      controllers: [FhirController, TokenController, ...(admin ? [AdminController] : [])],
      providers: [
        { provide: Northside, useValue: northside },
        { provide: Admin, useValue: new Admin(northside) },
      ],
    };
  }
}

/** A running Northside. */
export interface Running {
  readonly northside: Northside;
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts Northside; resolves when it listens. */
export async function startNorthside(settings: Settings, now: () => Date): Promise<Running> {
  const northside = new Northside(settings, PEOPLE, now);
  const adapter = new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  // Decimals keep their digits: the text is parsed where it is needed.
  adapter
    .getInstance()
    .addContentTypeParser('application/fhir+json', { parseAs: 'string' }, (_request, body, done) => {
      done(null, body);
    });
  const module = NorthsideModule.around(northside, settings.ADMIN);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false });
  app.useGlobalFilters(new OutcomeFilter());
  await app.listen(settings.PORT, settings.HOST);
  const origin = await app.getUrl();
  northside.listensAt(origin);
  return { northside, origin, close: () => app.close() };
}
