import { z } from 'zod';
import { nodeFault } from '#config';
import { startLakeview } from './lakeview/lakeview.module.js';
import { LakeviewSettings } from './lakeview/settings.js';

/** Runs Lakeview and prints one line of JSON when its control endpoint answers. */
async function main(): Promise<void> {
  const settings = LakeviewSettings.safeParse(process.env);
  const fault = nodeFault() ?? (settings.success ? undefined : z.prettifyError(settings.error));
  if (fault !== undefined || !settings.success) {
    process.stderr.write(`${fault ?? ''}\n`);
    process.exitCode = 1;
    return;
  }
  const running = await startLakeview(settings.data, () => new Date());
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    process.once(event, () => void running.close().then(() => process.exit(0)));
  }
  const { adminUrl } = running;
  process.stdout.write(`${JSON.stringify({ ready: true, adminUrl, pid: process.pid })}\n`);
}

await main();
