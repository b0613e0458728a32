import type { Parts as AuditParts } from '../../../audit/src/parts.js';
import type { Parts } from '../../../gateway/src/parts.js';
import type { Stores } from './stores.js';

/** The auditor's parts: what sealing needs is the gateway's, so that a client has one allowance of open requests. */
export function auditParts(parts: Parts, { accesses }: Pick<Stores, 'accesses'>): AuditParts {
  return { ...parts, accesses };
}
