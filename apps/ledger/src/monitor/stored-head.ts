import { checkCheckpoint, sameBytes, type Policy, type TreeHead } from '#provenance';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';
import { storedHead, type StoredLog } from './stored-log.js';

/** What is read of the stored log by itself. */
interface StoredHeadReading {
  readonly origin: string;
  /** The head that the newest checkpoint says, if the log's key signed it. */
  readonly signed: TreeHead | undefined;
  /** What the tiles give for its size. */
  readonly root: Uint8Array | undefined;
}

/** The newest checkpoint is of this log, signed, and its root is the one that the stored tiles give. */
function judgeStoredHead(reading: StoredHeadReading | undefined): readonly MonitorFinding[] {
  if (reading === undefined) return [{ kind: 'head-missing' }];
  const { origin, signed, root } = reading;
  if (signed?.origin !== origin) return [{ kind: 'checkpoint-invalid' }];
  const fits = root !== undefined && sameBytes(root, signed.root);
  return fits ? [] : [{ kind: 'root-mismatch', size: signed.size }];
}

/** Looks whether the stored log still gives the root that was signed last. */
export function storedHeadCheck(sources: {
  readonly log: StoredLog;
  readonly origin: string;
  readonly policy: Policy;
}): Check {
  const { log, origin, policy } = sources;
  return {
    name: 'stored-head',
    look: async () => {
      if ((await storedHead(log)) === undefined) return judgeStoredHead(undefined);
      const signed = checkCheckpoint(await log.checkpoint(), policy).head;
      const root = signed === undefined ? undefined : await log.rootAt(signed.size);
      return judgeStoredHead({ origin, signed, root });
    },
  };
}
