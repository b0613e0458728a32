import { sameBytes } from '#provenance';
import type { KnownHead } from '#store';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';
import { storedHead, type StoredLog } from './stored-log.js';

/** What is stored, beside a head that somebody else remembers. */
interface RememberedReading {
  readonly known: KnownHead;
  /** Size of the stored log. */
  readonly stored: bigint;
  /** Root of the stored tree at the known size; `undefined` where the tiles give none. */
  readonly root: Uint8Array | undefined;
}

/** The stored log has at least the size that others remember, and the same root at it. */
function judgeRemembered({ known, stored, root }: RememberedReading): readonly MonitorFinding[] {
  const { source, size } = known;
  if (size > stored) return [{ kind: 'log-rolled-back', source, known: size, stored }];
  const fits = root !== undefined && sameBytes(root, known.root);
  return fits ? [] : [{ kind: 'log-forked', source, size }];
}

/** Compares the stored log with the head that `remembered` reads; `undefined` says that nobody remembers one yet. */
export function rememberedHeadCheck(
  source: KnownHead['source'],
  remembered: () => Promise<KnownHead | undefined>,
  log: StoredLog,
): Check {
  return {
    name: `${source}-head`,
    look: async () => {
      // First what others remember: the stored log only grows, so that a later look at it cannot seem too small.
      const known = await remembered();
      if (known === undefined) return [];
      const stored = (await storedHead(log))?.size ?? 0n;
      const root = known.size > stored ? undefined : await log.rootAt(known.size);
      return judgeRemembered({ known, stored, root });
    },
  };
}
