import type { OpenSource } from './open-sources.js';
import type { SourceHealth } from './source-health.js';

/** Which source knows a patient under which id of its own. */
export interface SourcePatients {
  sourceIdsOf(
    patients: readonly string[],
  ): Promise<readonly { readonly source: string; readonly sourceId: string }[]>;
}

/**
 * Brings patients' types up to date from the sources that have them, and gives all sources that are down: the list depends
 * on the sources alone, not on whether the patient is there.
 */
export function sourceRefresh(
  sources: readonly OpenSource[],
  patientsAtSources: SourcePatients,
  health: SourceHealth,
): (
  patients: readonly string[],
  types: readonly string[],
  signal: AbortSignal,
) => Promise<readonly string[]> {
  const byId = new Map(sources.map((each) => [each.source.id, each]));
  return async (patients, types, signal) => {
    const known = await patientsAtSources.sourceIdsOf(patients);
    await Promise.all(
      known.map(async ({ source, sourceId }) => {
        const open = byId.get(source);
        if (open === undefined) return;
        health.note(source, await open.through.refresh(open.permit, sourceId, types, signal));
      }),
    );
    return health.down();
  };
}
