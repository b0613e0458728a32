import { z } from 'zod';
import { nodeFault } from '#config';
import { startNorthside } from './northside.module.js';
import { Settings } from './settings.js';

/** Runs Northside and prints one line of JSON when it answers. */
async function main(): Promise<void> {
  const fault = nodeFault();
  if (fault !== undefined) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
    return;
  }
  const settings = Settings.safeParse(process.env);
  if (!settings.success) {
    process.stderr.write(`${z.prettifyError(settings.error)}\n`);
    process.exitCode = 1;
    return;
  }
  const running = await startNorthside(settings.data, () => new Date());
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) {
    process.once(event, () => void running.close().then(() => process.exit(0)));
  }
  const { fhirBase, tokenUrl } = running.northside;
  const adminUrl = settings.data.ADMIN ? `${running.origin}/admin` : undefined;
  process.stdout.write(
    `${JSON.stringify({ ready: true, fhirBase, tokenUrl, adminUrl, pid: process.pid })}\n`,
  );
}

await main();
