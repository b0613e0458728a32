import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { auditDatabase, type AuditFinding } from '#store';
import { auditKeys } from '../audit-keys.js';
import { auditLogUrl } from '../audit-log-url.js';
import { checkLines } from '../check-lines.js';
import { CommandError, EXIT } from '../exit.js';
import { policyOf } from '../input-file.js';
import { optionsOf } from '../options.js';

const optionsSchema = z.object({
  data: z.string(),
  database: z.string().optional(),
  log: z.string().optional(),
  policy: z.string(),
  tenant: z.string(),
  origin: z.string().optional(),
  json: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

/** `proviso audit`: recomputes everything, and names what is not as it was recorded. */
export function audit(program: Command): void {
  program
    .command('audit')
    .description('recompute a database or a published log, and name what does not fit')
    .option('--database <url>', 'database, or a copy of one; the keys come from --data')
    .option('--log <url>', "a published log's prefix, such as https://host/log/default")
    .requiredOption('--policy <file>', 'whom you trust')
    .option('--tenant <name>', 'tenant of the database', 'default')
    .option('--origin <origin>', "the log's origin; default: the first of the policy")
    .option('--json', 'print the findings as JSON')
    .action(async (_options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      if ((options.database === undefined) === (options.log === undefined)) {
        throw new CommandError('Name --database or --log.', EXIT.usage);
      }
      const lines =
        options.database === undefined ? await published(options) : await stored(options, options.database);
      for (const each of lines) process.stdout.write(`${each}\n`);
    });
}

async function stored(options: Options, url: string): Promise<readonly string[]> {
  const policy = policyOf(options.policy);
  const { findings, size } = await auditDatabase({
    url,
    tenant: options.tenant,
    origin: options.origin ?? policy.logs[0]?.key.name ?? '',
    keys: auditKeys(options.data),
    policy,
    highWaterPath: join(options.data, 'high-water.json'),
    known: [],
  });
  if (findings.length > 0) process.exitCode = EXIT.failed;
  if (options.json) return [text({ size, findings })];
  return [
    ...findings.map(line),
    findings.length === 0 ? `${size} records, everything as recorded` : `${findings.length} findings`,
  ];
}

async function published(options: Options): Promise<readonly string[]> {
  const report = await auditLogUrl(options.log ?? '', policyOf(options.policy));
  const failed = report.checks.filter(({ state }) => state === 'failed');
  if (failed.length > 0) process.exitCode = EXIT.failed;
  if (options.json) return [text(report)];
  return checkLines(report.checks);
}

function line({ kind, ...rest }: AuditFinding): string {
  return `${kind}  ${Object.entries(rest)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ')}`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each));
}
