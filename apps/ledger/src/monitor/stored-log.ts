import { GatewayError } from '#outcome';
import type { TreeHead } from '#provenance';
import type { LogReader } from '#store';

/** The stored log, as the checks read it. */
export type StoredLog = Pick<LogReader, 'head' | 'checkpoint' | 'rootAt' | 'timeOf'>;

/** The stored head; `undefined` where its row is gone. Throws where the database does not answer. */
export async function storedHead(log: StoredLog): Promise<TreeHead | undefined> {
  try {
    return await log.head();
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === 'seal-unavailable') return undefined;
    throw cause;
  }
}
