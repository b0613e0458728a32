import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cwd, env, stderr } from 'node:process';
import { answerTo } from '../answer/answer-to.js';
import { verdictOf } from '../answer/verdict.js';
import type { V2Parsed } from './message.js';
import { parseMessage } from './parse-message.js';
import { splitBatch } from './split-batch.js';

const shared = env['PROVISO_SHARED'] ?? join(cwd(), '..', 'shared');
const corpora = join(shared, 'corpora');
const present = existsSync(corpora);
const OWN = { application: 'PROVISO', facility: 'GATE', id: 'A1', timeMs: Date.UTC(2026, 0, 12) };
const SET_ID = /^\s*\d{1,4}\s*$/;
const LEAF = /[^|^~&\r\n]+/g;

if (!present) stderr.write('skipped: the messages of others are not here (PROVISO_SHARED)\n');

/** Made so on purpose: what a header lacks is their name. */
const FAULTY = 'v2-input/trusted-intermediary/input/msh_present_but_missing';
const NO_MESSAGES: readonly (readonly [file: string, why: string])[] = [
  [`${FAULTY}_all_fields.hl7`, 'bad-delimiters'],
  [`${FAULTY}_msh-2.hl7`, 'bad-delimiters'],
  [`${FAULTY}_msh-9.hl7`, 'no-type'],
];

interface File {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const files: readonly File[] = present
  ? globSync('v2-*/**/*.hl7', { cwd: corpora })
      .toSorted()
      .map((file) => ({ file, bytes: readFileSync(join(corpora, file)) }))
  : [];

function parsedOf(bytes: Uint8Array): readonly V2Parsed[] {
  return splitBatch(bytes).map((part) => parseMessage(part));
}

/** All that stands between the usual delimiters, cut another way than the parser does. */
function leavesIn(raw: string): number {
  const lines = raw.split(/[\r\n]+/).filter((line) => /^(?!FHS|BHS|BTS|FTS)[A-Z][A-Z0-9]{2}\|/.test(line));
  const data = lines.flatMap((line) => {
    const [name = '', first = '', ...rest] = line.split('|');
    const isSetId = name === 'MSH' || (!name.startsWith('Z') && SET_ID.test(first));
    return isSetId ? rest : [first, ...rest];
  });
  const leaves = data.flatMap((field) => field.match(LEAF) ?? []);
  return leaves.filter((leaf) => leaf.trim() !== '' && leaf.trim() !== '""').length;
}

function answered(parsed: V2Parsed): string {
  const answer = answerTo(parsed, verdictOf(parsed), OWN);
  return answer === undefined
    ? 'none wanted'
    : (/MSA\|([AC][AER])/.exec(Buffer.from(answer).toString())?.[1] ?? '?');
}

function count(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...new Set(words)].toSorted().map((word) => [word, words.filter((other) => other === word).length]),
  );
}

(present ? describe : describe.skip)('messages of others', () => {
  const parsed = files.flatMap(({ file, bytes }) => parsedOf(bytes).map((result) => ({ file, result })));
  const messages = parsed.flatMap(({ result }) => (result.kind === 'message' ? [result.message] : []));

  it('are all parsed and answered', () => {
    const report = {
      files: files.length,
      parsed: parsed.length,
      kinds: count(parsed.map(({ result }) => (result.kind === 'fault' ? result.fault.reason : 'message'))),
      answers: count(parsed.map(({ result }) => answered(result))),
      charsets: count(messages.map((message) => message.charset)),
      issues: count(messages.flatMap((message) => message.issues.map((issue) => issue.code))),
      segments: messages.reduce((sum, message) => sum + message.segments.length, 0),
      leaves: messages.reduce((sum, message) => sum + message.unread().length, 0),
    };
    stderr.write(`messages of others: ${JSON.stringify(report)}\n`);
    expect(report.files).toBeGreaterThan(300);
    expect(Object.keys(report.answers)).not.toContain('?');
  });

  it('are messages, all but those that are known to be none', () => {
    const none = parsed.flatMap(({ file, result }) =>
      result.kind === 'fault' ? [[file, result.fault.reason]] : [],
    );
    expect(none).toEqual(NO_MESSAGES);
  });

  it('lose no leaf in parsing', () => {
    const wrong = files.filter(({ bytes }) => {
      const found = parsedOf(bytes).flatMap((result) => (result.kind === 'message' ? [result.message] : []));
      const cells = found.reduce((sum, message) => sum + message.unread().length, 0);
      const usual = found.every((message) => message.delimiters.field === '|' && message.issues.length === 0);
      return (
        found.length > 0 &&
        usual &&
        cells !== leavesIn(Buffer.from(bytes).toString('utf8').replace('\ufeff', ''))
      );
    });
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('can be cut off at any byte', () => {
    const some = files.filter((_, index) => index % 35 === 0).slice(0, 10);
    for (const { bytes } of some) {
      for (let length = 0; length < Math.min(bytes.length, 4000); length += 1) {
        const result = parseMessage(bytes.subarray(0, length));
        expect(answered(result)).toMatch(/^[AC][AER]$|^none wanted$/);
      }
    }
  });
});
