import { sealAnswer, type Rendered, type SealedAnswer } from '#http';
import { GatewayError } from '#outcome';
import { provenanceOf, type RowChange, type VersionWrite } from '#store';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { recordOfWrite } from '../record-of-write.js';
import { renderWrite } from '../render-write.js';
import { beforeOf, type Accepted } from '../writing.js';
import { writeThrough } from './write-through.js';

/**
 * Stores the version, and its Provenance, and seals that in one append. Where somebody else wrote meanwhile, or rules changed by
 * which it was judged, nothing is written and the write is tried anew from the beginning. What a vendor owns is written there.
 */
export async function store(state: Accepted, parts: Parts): Promise<Advance<SealedAnswer>> {
  if (state.isVendors) return writeThrough(state, parts);
  const provenance = madeBy(state, parts);
  const answer = renderWrite(state, parts);
  const record = await recordOfWrite(state, { answer, provenance }, parts);
  try {
    return go(await sealAnswer({ answer, record }, parts, changesOf(state, provenance, answer, parts)));
  } catch (error) {
    const overtaken = error instanceof GatewayError && error.code === 'version-conflict';
    if (!overtaken) throw error;
    return { kind: 'retry', at: state, removed: 0 };
  }
}

/** As for what sources deliver: somebody's resource has one, the directory has none. */
function madeBy({ version, source, principal }: Accepted, parts: Parts): VersionWrite | undefined {
  if (version.patients.length === 0) return undefined;
  return provenanceOf(version, undefined, { source, client: principal.client }, parts.newVersionId());
}

function changesOf(
  state: Accepted,
  provenance: VersionWrite | undefined,
  { status }: Rendered,
  parts: Parts,
): readonly RowChange[] {
  const { version, ruleSets, key } = state;
  const persons = ruleSets.map((set) => ({ person: set.person, version: set.version }));
  return [
    ...(persons.length === 0 ? [] : [{ kind: 'rules-seen' as const, persons }]),
    { kind: 'version', version, replaces: beforeOf(state)?.versionId ?? null },
    ...(provenance === undefined ? [] : [{ kind: 'version' as const, version: provenance }]),
    ...(key === undefined ? [] : [keyedOf(state, key, status, parts)]),
  ];
}

/** The key stands for this request from now on. */
function keyedOf(
  { version, source, principal, interaction }: Accepted,
  { id, digest, request }: NonNullable<Accepted['key']>,
  status: number,
  { clock, limits }: Parts,
): RowChange {
  const nowMs = clock();
  const none = { patient: undefined, sourceId: undefined, sourceVersion: undefined };
  return {
    kind: 'keyed-write',
    write: {
      id,
      client: principal.client,
      key: digest,
      request,
      interaction: interaction.kind,
      target: { source, type: version.type, id: version.id, ...none },
      openedMs: nowMs,
      expiresMs: nowMs + limits.writeKeyMs,
    },
    answer: { status, id: version.id, versionId: version.versionId, reason: undefined },
  };
}
