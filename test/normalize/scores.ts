import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeJson } from '#digest';
import { bundleOf, manifest, scorer, type Sample } from './corpus.js';

/** Measures of one file, 0 to 1; `null` where there is nothing to compare with. */
export interface Score {
  readonly use: string;
  readonly input: string;
  readonly R1: number | null;
  readonly R2: number | null;
  readonly C1: number | null;
  readonly P1: number | null;
}

type Measure = 'R1' | 'R2' | 'C1' | 'P1';

/** Has the scorer, a program of its own, judge what the samples became. */
export function scoresOf(samples: readonly Sample[]): readonly Score[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'proviso-corpora-'));
  try {
    for (const { input, messages } of samples) {
      const file = path.join(folder, `${input}.json`);
      const bundle = bundleOf(messages.flatMap(({ result }) => result.resources));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      if (messages.some(({ result }) => result.kind === 'converted'))
        fs.writeFileSync(file, writeJson(bundle));
    }
    const args = [scorer, '--manifest', manifest, '--outputs', folder, '--json'];
    const report: { results: Score[] } = JSON.parse(
      execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 }),
    );
    return report.results.filter(({ use }) => use.startsWith('v2-'));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The mean of a measure, in percent, over those that have it; `NaN` where none has. */
export function mean(scores: readonly Score[], measure: Measure): number {
  const values = scores.map((score) => score[measure]).filter((value) => value !== null);
  return (100 * values.reduce((sum, value) => sum + value, 0)) / values.length;
}
