import type { Bundle } from './bundle.js';
import { failed, skipped, type Check } from './check.js';
import { decodeEntry } from './entry.js';
import type { OpenedGroups } from './opened-groups.js';
import type { Place } from './place.js';
import { checkAnchors, type AnchorFinding } from './verify-anchors.js';
import { checkBasis, checkProjection } from './verify-basis.js';
import { checkBindings } from './verify-bindings.js';
import { checkResource, checkWire } from './verify-content.js';
import { checkErased, checkErasures } from './verify-erasures.js';
import { checkOpenings } from './verify-openings.js';

/** What a verifier has beside the bundle. */
export interface VerifyOptions {
  /** A resource, as JSON in any serialisation, that is claimed to be what left. */
  readonly resource?: Uint8Array | string;
  /** The exact body that is claimed to have left. */
  readonly wire?: Uint8Array;
  /** What the chain says of the bundle's anchors; without it they are claims. */
  readonly anchorsChecked?: readonly AnchorFinding[];
  /** Time of the block that the op group cites, POSIX seconds, from a chain that was checked. */
  readonly projectionBlockTimeS?: number;
  readonly allowDevelopmentChain?: boolean;
}

/** Checks what is shown of the record against its entry, and what the caller claims to have received. */
export function checkContents(bundle: Bundle, groups: OpenedGroups, options: VerifyOptions): Check[] {
  const entry = decodeEntry(bundle.entry);
  if (entry === undefined) return [skipped('openings', 'unknown version: contents unknown')];
  const { resource, wire } = options;
  return [
    ...checkOpenings(bundle, entry),
    ...checkErased(bundle),
    ...groups.broken.map((group) => failed(`content:${group}`, 'the group cannot be read')),
    ...(wire === undefined ? [] : [checkWire(wire, bundle, groups.contents)]),
    ...(resource === undefined ? [] : [checkResource(resource, bundle, groups.contents)]),
  ];
}

/** Checks what the record rests on elsewhere: bindings, erasure notices, anchors, consents, the projection's block. */
export function checkReferences(
  bundle: Bundle,
  groups: OpenedGroups,
  place: Place,
  options: VerifyOptions,
): { checks: Check[]; anchored: boolean } {
  const { checks, anchored } = checkAnchors(bundle, {
    ...place,
    recordTimeS: groups.recordTimeS,
    findings: options.anchorsChecked ?? [],
    allowDevelopmentChain: options.allowDevelopmentChain ?? false,
  });
  const { policy } = place;
  return {
    anchored,
    checks: [
      ...checkBindings(bundle, groups.bindings, place),
      ...checkErasures(bundle, place),
      ...checks,
      checkBasis(groups, policy),
      checkProjection(groups, policy, options.projectionBlockTimeS),
    ],
  };
}
