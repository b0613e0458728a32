import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Root of the repository. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

/** The files of the repository with their text; `withFile` gives the same tree with one file put in its place. */
export class Tree {
  readonly #texts: ReadonlyMap<string, string | undefined>;

  private constructor(texts: ReadonlyMap<string, string | undefined>) {
    this.#texts = texts;
  }

  /** Tracked files and those that git would take; without git, every file but what is installed or built. */
  static ofRepository(): Tree {
    const listed = fs.existsSync(path.join(ROOT, '.git'))
      ? execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split(
          '\n',
        )
      : fs.readdirSync(ROOT, { recursive: true, encoding: 'utf8' });
    const files = listed.filter(
      (file) => file !== '' && !/(^|\/)(node_modules|dist|\.git)(\/|$)/.test(file) && isFile(file),
    );
    return new Tree(new Map(files.map((file) => [file, undefined])));
  }

  withFile(file: string, text: string): Tree {
    return new Tree(new Map([...this.#texts, [file, text]]));
  }

  get files(): readonly string[] {
    return [...this.#texts.keys()];
  }

  read(file: string): string {
    return this.#texts.get(file) ?? fs.readFileSync(path.join(ROOT, file), 'utf8');
  }

  /** Files whose path and text match. */
  matching(where: RegExp, what: RegExp): readonly string[] {
    return this.files.filter((file) => where.test(file) && what.test(this.read(file)));
  }

  /** Sources of the product: no specs, no fakes. */
  get sources(): readonly string[] {
    return this.files.filter((file) => /^(apps|libs)\/.*\.ts$/.test(file) && !isTest(file));
  }

  /** Sources that hold what the pattern says. */
  sourcesWith(what: RegExp): readonly string[] {
    return this.sources.filter((file) => what.test(this.read(file)));
  }

  /** Folders of the libs and the apps. */
  get places(): readonly string[] {
    return [...new Set(this.files.flatMap((file) => /^((apps|libs)\/[^/]+)\//.exec(file)?.[1] ?? []))];
  }
}

function isTest(file: string): boolean {
  return /\.(spec|e2e-spec|contract)\.ts$|\/testing\//.test(file);
}

function isFile(file: string): boolean {
  return fs.statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile() === true;
}
