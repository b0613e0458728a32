import type { JsonObject } from '#digest';
import { documentOf } from './parse-consent.js';

/** What the chain says of a filed Consent. */
export interface ServedState {
  readonly id: string;
  readonly versionId: string;
  readonly lastUpdatedMs: number;
  /** In force on chain now: not revoked, not superseded, within its window. */
  readonly inForce: boolean;
}

/** The view of a filed Consent that is served: status and meta are derived, the signed bytes stay unchanged. */
export function servedConsent(bytes: Uint8Array, state: ServedState): JsonObject {
  const { resourceType, id: _id, meta, status: _status, ...rest } = documentOf(bytes);
  const signed =
    typeof meta === 'object' && meta !== null && 'profile' in meta ? { profile: meta.profile } : {};
  return {
    resourceType,
    id: state.id,
    meta: {
      ...signed,
      versionId: state.versionId,
      lastUpdated: new Date(state.lastUpdatedMs).toISOString(),
    },
    status: state.inForce ? 'active' : 'inactive',
    ...rest,
  };
}
