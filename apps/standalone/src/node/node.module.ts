import { Module, type DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { OperationsModule, type PartsProbe } from '#http';
import { GatewayModule } from '../../../gateway/src/gateway.module.js';
import type { Parts } from '../../../gateway/src/parts.js';

/** The routes of a node: the gateway's, health and metrics. */
@Module({})
export class NodeModule {
  static of(parts: Parts, probes: readonly PartsProbe[], metrics: Registry): DynamicModule {
    return { module: NodeModule, imports: [GatewayModule.of(parts), OperationsModule.of(probes, metrics)] };
  }
}
