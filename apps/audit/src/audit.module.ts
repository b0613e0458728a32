import { Module, type DynamicModule } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { type Parts } from './parts.js';
import { PARTS } from './parts.token.js';

/** The auditor's routes over their parts. */
@Module({})
export class AuditModule {
  static of(parts: Parts): DynamicModule {
    return {
      module: AuditModule,
      controllers: [AuditController],
      providers: [{ provide: PARTS, useValue: parts }],
    };
  }
}
