import type { Command } from 'commander';
import { z } from 'zod';
import type { Policy } from '#provenance';
import { Api } from '../api.js';
import { CommandError, EXIT } from '../exit.js';
import { policyOf } from '../input-file.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';
import { ShownNumbers, type MissingNumbers } from '../timeline/missing-numbers.js';
import { rowLine } from '../timeline/row-line.js';
import { timelinePages, type TimelinePage, type TimelineRow } from '../timeline/timeline-page.js';
import { verifyRow, type RowVerdict } from '../timeline/verify-row.js';

const ROWS_DEFAULT = 200;
const ASKED = ['patient', 'resource', 'actor', 'from', 'to'] as const;

const optionsSchema = z.object({
  data: z.string(),
  patient: z.string().optional(),
  resource: z.string().optional(),
  actor: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  rows: z.coerce.number().int().min(1).max(100_000).default(ROWS_DEFAULT),
  client: z.string().default('auditor'),
  verify: z.boolean().default(false),
  policy: z.string().optional(),
  json: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

/** `proviso timeline`: who did what with a person's data, by the auditors' API; with --verify each row is checked offline. */
export function timeline(program: Command): void {
  program
    .command('timeline')
    .description('who did what with a person, a resource, or by an actor; newest first')
    .option('--patient <id>', 'id of a Patient')
    .option('--resource <type/id>', 'a resource')
    .option('--actor <actor>', 'client:ID or user:ID')
    .option('--from <time>', 'a date or time')
    .option('--to <time>', 'a date or time, not included')
    .option('--rows <n>', 'rows at most', String(ROWS_DEFAULT))
    .option('--client <id>', 'a client with the role of an auditor', 'auditor')
    .option('--verify', 'check each row offline, by its receipt')
    .option('--policy <file>', 'whom you trust; for --verify')
    .option('--json', 'print a JSON object for each row')
    .action(async (_options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const policy = trusted(options);
      const query = Object.fromEntries(
        ASKED.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
      );
      const api = new Api(readyFile(options.data), options.client);
      const found = new Set<RowVerdict['kind']>();
      const numbers = new ShownNumbers();
      for await (const page of timelinePages(api, query, options.rows)) {
        for (const verdict of printed(page, policy, options.json)) found.add(verdict);
        for (const row of page.rows) numbers.add(row);
      }
      if (policy !== undefined && isWhole(options) && told(numbers.missing())) found.add('invalid');
      process.exitCode = exitOf(found);
    });
}

/** Whom `--verify` trusts. */
function trusted({ verify, policy, patient, resource, actor }: Options): Policy | undefined {
  if ([patient, resource, actor].every((each) => each === undefined)) {
    throw new CommandError('Name one of --patient, --resource and --actor.', EXIT.usage);
  }
  if (!verify) return undefined;
  if (policy === undefined) throw new CommandError('--verify needs a --policy.', EXIT.usage);
  return policyOf(policy);
}

/** Whether the rows are all of a person's, down to some number. */
function isWhole({ patient, resource, actor, from, to }: Options): boolean {
  return patient !== undefined && [resource, actor, from, to].every((each) => each === undefined);
}

/** Tells which records of a person are missing from her timeline; false where none are. */
function told(missing: readonly MissingNumbers[]): boolean {
  for (const { person, from, to } of missing) {
    process.stderr.write(`proviso: the records ${from} to ${to} of the person ${person} are missing.\n`);
  }
  return missing.length > 0;
}

/** Prints the rows of a page. Gives what was found of each, where they are checked. */
function printed(
  page: TimelinePage,
  policy: Policy | undefined,
  json: boolean,
): readonly RowVerdict['kind'][] {
  return page.rows.flatMap((row) => {
    const verdict = policy === undefined ? undefined : verifyRow(row, page.checkpoint, policy);
    process.stdout.write(`${json ? JSON.stringify(shownOf(row, verdict)) : lineOf(row, verdict)}\n`);
    return verdict === undefined ? [] : [verdict.kind];
  });
}

function shownOf(row: TimelineRow, verdict: RowVerdict | undefined): object {
  const shown =
    'altered' in row ? { index: row.altered, altered: true } : { ...row.access, others: row.others };
  return verdict === undefined ? shown : { ...shown, verdict: verdict.kind, failed: verdict.failed };
}

function lineOf(row: TimelineRow, verdict: RowVerdict | undefined): string {
  if (verdict === undefined) return rowLine(row);
  const said = verdict.kind === 'invalid' ? `INVALID (${verdict.failed.join(', ')})` : verdict.kind;
  return `${said}\t${rowLine(row)}`;
}

function exitOf(found: ReadonlySet<RowVerdict['kind']>): number {
  if (found.has('invalid')) return EXIT.failed;
  if (found.has('erased')) return EXIT.erased;
  return found.has('valid-not-anchored') ? EXIT.unanchored : EXIT.ok;
}
