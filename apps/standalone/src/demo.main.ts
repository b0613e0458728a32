import { rmSync } from 'node:fs';
import { nodeFault } from '#config';
import { playStory, type Line } from './demo/story.js';
import { makeStoryFolder } from './demo/story-folder.js';
import { stopSignal } from './stop-signal.js';

/** Plays the story on a system of its own in a temporary folder; exit 1 where a step is not as told. */
async function main(): Promise<void> {
  const fault = nodeFault();
  if (fault !== undefined) {
    process.stderr.write(`${fault}\n`);
    process.exitCode = 1;
    return;
  }
  const folder = makeStoryFolder();
  const json = process.argv.includes('--json');
  const tell = (line: Line) => void process.stdout.write(`${json ? JSON.stringify(line) : line.text}\n`);
  try {
    const told = await playStory({ folder, env: process.env, tell, signal: stopSignal(process.env) });
    process.exitCode = told ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
