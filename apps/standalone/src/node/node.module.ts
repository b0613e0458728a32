import { Module, type DynamicModule } from '@nestjs/common';
import type { Registry } from 'prom-client';
import { OperationsModule, type PartsProbe } from '#http';
import { AuditModule } from '../../../audit/src/audit.module.js';
import type { Parts as AuditParts } from '../../../audit/src/parts.js';
import { GatewayModule } from '../../../gateway/src/gateway.module.js';
import type { Parts } from '../../../gateway/src/parts.js';

/** What a node answers with: a member for each role that answers. */
export interface Answering {
  readonly gateway: Parts | undefined;
  readonly audit: AuditParts | undefined;
}

/** The routes of a node: the gateway's and the auditor's where it has those roles, health and metrics. */
@Module({})
export class NodeModule {
  static of({ gateway, audit }: Answering, probes: readonly PartsProbe[], metrics: Registry): DynamicModule {
    return {
      module: NodeModule,
      imports: [
        ...(gateway === undefined ? [] : [GatewayModule.of(gateway)]),
        ...(audit === undefined ? [] : [AuditModule.of(audit)]),
        OperationsModule.of(probes, metrics),
      ],
    };
  }
}
