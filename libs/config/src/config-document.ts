import { z } from 'zod';
import { FORMS } from './forms.js';
import { SECTIONS } from './schema.js';

const HEAD = `# Settings

Generated from \`libs/config/src/schema.ts\`; do not edit. Every setting is a variable of the environment, read once at
start. All faults are printed together, and nothing starts. An empty value counts as not given.

"Everything is bound to loopback" means that \`HOST\`, \`MLLP_HOST\` and the host of \`PUBLIC_URL\` are this machine. Otherwise the
embedded chain, development chain ids, blocks on demand, keys made by the process, plain http and \`DEV_CLOCK_OFFSET_S\` are
refused.
`;

/** The text of `docs/config.md`, from the schema. */
export function configDocument(): string {
  const sections = Object.entries(SECTIONS).map(([title, settings]) =>
    sectionText(title, Object.entries(settings)),
  );
  return [HEAD, ...sections].join('\n');
}

function sectionText(title: string, settings: readonly (readonly [string, z.ZodType])[]): string {
  const rows = settings.map(([name, setting]) => [
    `\`${name}\``,
    formOf(setting),
    defaultOf(setting),
    setting.description ?? '',
  ]);
  return [`## ${title}`, '', ...tableOf([['setting', 'form', 'default', 'meaning'], ...rows]), ''].join('\n');
}

/** Columns are padded, as the formatter of the repository has them. */
function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head, ...rest] = rows.map(lineOf);
  return [head ?? '', rule, ...rest];
}

function formOf(setting: z.ZodType): string {
  const own = FORMS.get(setting)?.form;
  if (own !== undefined) return own;
  if (setting instanceof z.ZodDefault || setting instanceof z.ZodOptional) {
    const inner: unknown = setting.unwrap();
    if (inner instanceof z.ZodType) return formOf(inner);
  }
  throw new Error('a setting has no words for its form');
}

function defaultOf(setting: z.ZodType): string {
  const result = setting.safeParse(undefined);
  if (!result.success || result.data === undefined) return '–';
  if (Array.isArray(result.data)) return result.data.length === 0 ? 'none' : 'all';
  return `\`${z.coerce.string().parse(result.data)}\``;
}
