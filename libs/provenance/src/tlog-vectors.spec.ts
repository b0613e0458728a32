import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cwd, env, stderr } from 'node:process';
import { toHex } from '#digest';
import { parseCheckpointText } from './checkpoint.js';
import { decodeEntryBundle } from './entry-bundle.js';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from './frontier.js';
import { parseNote } from './note.js';
import { isOfKey, verifySignature } from './note-signature.js';
import { hashLeaf } from './tree-hash.js';
import { parseVkey } from './vkey.js';

const shared = env['PROVISO_SHARED'] ?? join(cwd(), '..', 'shared');
const folder = join(shared, 'vectors', 'tlog', 'log');
const present = existsSync(folder);
if (!present) stderr.write('skipped: the tlog test vectors are not here (PROVISO_SHARED)\n');

(present ? describe : describe.skip)('a log that other software wrote', () => {
  const key = parseVkey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
  const sizes = Array.from({ length: 16 }, (_, size) => size);

  it.each(sizes)(
    'has a checkpoint that is signed and a root that its tiles and entries give, size %i',
    (size) => {
      const note = parseNote(readFileSync(join(folder, `checkpoint.${size}`), 'utf8'));
      const head = parseCheckpointText(note.text);
      const [line] = note.signatures.filter((one) => isOfKey(one, key));
      expect(line && verifySignature(note.text, line, key)).toBe(0n);
      expect(head).toMatchObject({ origin: 'example.com/log/testdata', size: BigInt(size), extensions: [] });
      const entries =
        size === 0 ? [] : decodeEntryBundle(readFileSync(join(folder, 'tile/entries/000.p', String(size))));
      const tile = size === 0 ? '' : readFileSync(join(folder, 'tile/0/000.p', String(size))).toString('hex');
      expect(entries).toHaveLength(size);
      expect(entries.map((entry) => toHex(hashLeaf(entry))).join('')).toBe(tile);
      const frontier = appendLeaves(EMPTY_FRONTIER, entries.map(hashLeaf));
      expect(toHex(frontierRoot(frontier))).toBe(toHex(head.root));
    },
  );
});
