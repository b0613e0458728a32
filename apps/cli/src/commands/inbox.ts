import type { Command } from 'commander';
import { z } from 'zod';
import { INBOX_STATES, REASON_CHARACTERS, type InboxLine } from '#store';
import type { InboxDesk } from '../inbox/inbox-desk.js';
import { withDesk } from '../inbox/with-desk.js';
import type { Environment } from '../local/local-settings.js';
import { optionsOf } from '../options.js';
import { printable } from '../printable.js';

const placeSchema = z.object({ data: z.string() });
const listSchema = placeSchema.extend({
  source: z.string().min(1).optional(),
  state: z.enum(INBOX_STATES).optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(1_000)),
});
const showSchema = placeSchema.extend({ raw: z.boolean().default(false) });
const discardSchema = placeSchema.extend({ reason: z.string().trim().min(1).max(REASON_CHARACTERS) });

/** `proviso inbox list|show|replay|discard`: received messages, by the stewards' API, or by the database without it. */
export function inbox(program: Command, environment: Environment): void {
  const group = program.command('inbox').description('received messages; every look and act is sealed');
  const at = <T>(command: Command, work: (desk: InboxDesk) => Promise<T>) =>
    withDesk({ dataDir: optionsOf(placeSchema, command).data, environment }, work);
  group
    .command('list')
    .description('list messages, newest first')
    .option('--source <id>', 'of this source')
    .option('--state <state>', INBOX_STATES.join(', '))
    .option('--limit <n>', 'so many at most, up to 1000', '50')
    .action(async (_options, command: Command) => {
      const { source, state, limit } = optionsOf(listSchema, command);
      const lines = await at(command, (desk) => desk.list({ source, state, limit }));
      for (const line of lines) process.stdout.write(`${listed(line)}\n`);
    });
  group
    .command('show')
    .description('what is known of a message, and what converting it remarked')
    .argument('<id>', 'id of the message')
    .option('--raw', 'print its bytes instead')
    .action(async (id: string, _options, command: Command) => {
      const { raw } = optionsOf(showSchema, command);
      await at(command, async (desk) => {
        if (raw) await printRaw(desk, id);
        else process.stdout.write(`${JSON.stringify(await desk.show(id), null, 2)}\n`);
      });
    });
  group
    .command('replay')
    .description('let messages be converted again, in their old place of the order')
    .argument('<ids...>', 'ids of messages')
    .action((ids: string[], _options, command: Command) => at(command, (desk) => replay(desk, ids)));
  group
    .command('discard')
    .description('take a message out of the queue; it stays listed')
    .argument('<id>', 'id of the message')
    .requiredOption('--reason <words>', 'why; nothing about a person')
    .action(async (id: string, _options, command: Command) => {
      const { reason } = optionsOf(discardSchema, command);
      await at(command, (desk) => desk.discard(id, reason));
      process.stdout.write(`discarded ${id}\n`);
    });
}

/** Bytes that somebody changed in the database are shown too, and not as if they were what came. */
async function printRaw(desk: InboxDesk, id: string): Promise<void> {
  const { bytes, intact } = await desk.raw(id);
  if (!intact)
    process.stderr.write(`${printable(id)} is ALTERED: these are not the bytes that were received.\n`);
  process.stdout.write(bytes);
}

async function replay(desk: InboxDesk, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop -- in the order given
    await desk.replay(id);
    process.stdout.write(`received again ${id}\n`);
  }
}

function listed({ id, received, source, message, controlId, state, reason, intact }: InboxLine): string {
  const why = [...(intact ? [] : ['ALTERED']), reason ?? ''].join(' ');
  return [id, received, source, message, controlId, state, why].map(printable).join('\t');
}
