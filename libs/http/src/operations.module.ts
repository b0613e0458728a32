import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import type { PartsProbe } from './parts-probe.js';
import { ReadinessWatch } from './readiness-watch.js';

/** `/health/live`, `/health/ready` and `/metrics`. */
@Module({})
export class OperationsModule {
  /** @param probes the parts that readiness tells about @param metrics the registry that `createFastify` was given */
  static of(probes: readonly PartsProbe[], metrics: Registry): DynamicModule {
    return {
      module: OperationsModule,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: ReadinessWatch, useValue: new ReadinessWatch(probes) },
        { provide: Registry, useValue: metrics },
      ],
    };
  }
}
