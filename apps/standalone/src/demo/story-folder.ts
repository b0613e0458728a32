import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A temporary folder for a story. Others may pass it and see nothing of it: where root plays, the account of the database
 * walks through, or the cluster would lie elsewhere and stay when the folder goes.
 */
export function makeStoryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proviso-demo-'));
  chmodSync(folder, 0o711);
  return folder;
}
