import { Module, type DynamicModule } from '@nestjs/common';
import { AdminController } from './admin/admin.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { DiscoveryController } from './discovery.controller.js';
import { FhirController } from './fhir.controller.js';
import { LogController } from './log/log.controller.js';
import { NoticesController } from './notices/notices.controller.js';
import { type Parts } from './parts.js';
import { PARTS } from './parts.token.js';
import { TrailController } from './trail/trail.controller.js';

/** The gateway's routes over its parts. The authorization server is mounted beside them. */
@Module({})
export class GatewayModule {
  static of(parts: Parts): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        DiscoveryController,
        TrailController,
        FhirController,
        ConsentController,
        AdminController,
        LogController,
        NoticesController,
      ],
      providers: [{ provide: PARTS, useValue: parts }],
    };
  }
}
