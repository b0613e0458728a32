import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { program } from '../apps/cli/src/program.js';
import { STEPS } from '../apps/gateway/src/steps.js';
import { ROOT, Tree } from './tidy/tree.js';

const tree = Tree.ofRepository();
const documents = tree.files.filter((file) => file.endsWith('.md') && !file.startsWith('test/'));
const manifest: { scripts: Record<string, string> } = JSON.parse(tree.read('package.json'));

/** Lines that are shown as code, in blocks or between backticks, with the document that shows them. */
const shown = documents.flatMap((file) => {
  const text = tree.read(file);
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  );
  return [...blocks, ...inline].map((line) => ({ file, line: line.trim() }));
});

/** What a pattern finds in all that is shown, with its document. */
function found(pattern: RegExp): readonly { readonly file: string; readonly word: string }[] {
  return shown.flatMap(({ file, line }) =>
    [...line.matchAll(pattern)].map(([, word = '']) => ({ file, word: word.trim() })),
  );
}

const proviso = await program('data');

/** The command that words name, with its parents; `undefined` where there is none. */
function commandOf(words: readonly string[]): readonly Command[] | undefined {
  let commands: Command[] = [proviso];
  for (const word of words.filter((each) => !each.startsWith('-') && /^[a-z]+$/.test(each))) {
    const [current] = commands;
    const next = current?.commands.find((each) => each.name() === word);
    if (next !== undefined) commands = [next, ...commands];
  }
  return commands.length > 1 ? commands : undefined;
}

describe('the documents', () => {
  it('show commands at all', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/architecture.md']));
    expect(found(/npm run (?:-s )?([\w:]+)/g).length).toBeGreaterThan(5);
    expect(found(/npx proviso ([^#]+)/g).length).toBeGreaterThan(3);
  });

  it('name npm scripts that exist', () => {
    const named = found(/npm run (?:-s )?([\w:]+)/g);
    expect(named.filter(({ word }) => !(word in manifest.scripts))).toEqual([]);
  });

  it('name scripts that exist', () => {
    const named = found(/\bnode ([\w./-]+\.mjs)/g);
    expect(named.filter(({ word }) => !tree.files.includes(word))).toEqual([]);
  });

  it('name commands and options that proviso has', () => {
    const wrong = found(/npx proviso ([^#]+)/g).filter(({ word }) => {
      const words = word.split(/\s+/);
      const commands = commandOf(words);
      const known = new Set(commands?.flatMap(({ options }) => options.map(({ long }) => long)));
      return commands === undefined || words.some((each) => each.startsWith('--') && !known.has(each));
    });
    expect(wrong).toEqual([]);
  });

  it('name every command of proviso in the README', () => {
    const readme = tree.read('README.md');
    const names = proviso.commands.map((command) => command.name());
    expect(names.filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b`).test(readme))).toEqual([]);
  });

  it('tell the steps of a request in the order of the table', () => {
    const story =
      tree.read('docs/architecture.md').split('## The story of a request')[1]?.split('\n## ')[0] ?? '';
    const told = [...story.matchAll(/^\d+\. \*\*(\w+)\*\*/gm)].map(([, name]) => name);
    const steps = STEPS['search-type'].names.map((name) => name.replace(/^query.*/, 'query'));
    expect(told).toEqual(['recognise', ...steps, 'respond']);
  });

  it('name files that exist', () => {
    const named = found(/^((?:apps|libs|test|docs|scripts)\/[\w./-]+\.(?:ts|mjs|md|json|txt))$/g);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ word }) => !tree.files.includes(word))).toEqual([]);
  });

  it('link to files that exist', () => {
    const broken = documents.flatMap((file) =>
      [...tree.read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target = '']) => path.join(path.dirname(file), target))
        .filter((target) => !fs.existsSync(path.join(ROOT, target)))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('keep the README within 110 lines', () => {
    expect(tree.read('README.md').split('\n').length).toBeLessThanOrEqual(110);
  });
});
