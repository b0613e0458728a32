import type { PatientMerge } from '../normalised-message.js';
import type { Draft } from './drafts.js';
import type { MessageMap } from './map.js';
import type { NamedResources } from './named-resources.js';

/** Records that give way to others, as the map says; none gives way to itself. */
export function mergesOf(map: MessageMap, drafts: NamedResources<Draft>): readonly PatientMerge[] {
  return (map.merges ?? []).flatMap(({ from, into }) =>
    drafts.all
      .filter((draft) => draft.map.name === from)
      .flatMap((draft) => {
        const survivor = drafts.nearest(into, draft.group);
        const isOther = survivor !== undefined && survivor.id !== draft.id;
        return isOther ? [{ from: draft.id, into: survivor.id }] : [];
      }),
  );
}
