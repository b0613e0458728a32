import fs from 'node:fs';
import { schema, type Config } from './schema.js';

/** The settings, or everything that is wrong with them, a line each. */
export type Loaded =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const URL_FILE_LIMIT_BYTES = 4_096;

/**
 * Reads the settings once, at start.
 *
 * @param env the environment; an empty value counts as not given, names that are not ours are left alone
 * @returns the frozen settings, or all faults together: `NAME: what is wrong`, never the value
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Loaded {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return withDatabaseUrl(parsed.data);
  const faulty = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
  const faults = [...linesOf(parsed.error.issues), ...faultsBeside(given, faulty)];
  return { kind: 'faults', faults: [...new Set(faults)] };
}

/** The rules across settings are judged only on settings that parse: judge them with the faulty ones left out. */
function faultsBeside(
  given: readonly (readonly [string, string | undefined])[],
  faulty: ReadonlySet<string>,
): readonly string[] {
  const rest = schema.safeParse(Object.fromEntries(given.filter(([name]) => !faulty.has(name))));
  return linesOf((rest.error?.issues ?? []).filter((issue) => !faulty.has(String(issue.path[0]))));
}

function linesOf(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]) {
  return issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`);
}

function withDatabaseUrl(config: Config): Loaded {
  if (config.DATABASE_URL_FILE === undefined) return { kind: 'ok', config: Object.freeze(config) };
  let text: string;
  try {
    text = readShort(config.DATABASE_URL_FILE).trim();
  } catch {
    return fileFault('cannot be read');
  }
  const url = schema.shape.DATABASE_URL.safeParse(text);
  if (!url.success || url.data === undefined) return fileFault('must hold a postgres URL');
  return { kind: 'ok', config: Object.freeze({ ...config, DATABASE_URL: url.data }) };
}

function fileFault(what: string): Loaded {
  return { kind: 'faults', faults: [`DATABASE_URL_FILE: ${what}`] };
}

function readShort(file: string): string {
  if (fs.statSync(file).size > URL_FILE_LIMIT_BYTES) throw new Error('the file is too large');
  return fs.readFileSync(file, 'utf8');
}
