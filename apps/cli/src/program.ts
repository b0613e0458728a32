import { Command } from 'commander';
import type { Environment } from './local/local-settings.js';

/** Adds a command, with its own, to the program. */
type Register = (program: Command, environment: Environment) => void;

/** The commands in the order of the help. What one needs of the others' libs is not loaded: it would take a second. */
const COMMANDS: ReadonlyMap<string, () => Promise<Register>> = new Map(
  Object.entries({
    token: async () => (await import('./commands/token.js')).token,
    client: async () => (await import('./commands/client.js')).client,
    key: async () => (await import('./commands/key.js')).key,
    bind: async () => (await import('./commands/bind.js')).bind,
    grant: async () => (await import('./commands/grant.js')).grant,
    revoke: async () => (await import('./commands/revoke.js')).revoke,
    grants: async () => (await import('./commands/grants.js')).grants,
    receipt: async () => (await import('./commands/receipt.js')).receipt,
    verify: async () => (await import('./commands/verify.js')).verify,
    consistency: async () => (await import('./commands/consistency.js')).consistency,
    timeline: async () => (await import('./commands/timeline.js')).timeline,
    audit: async () => (await import('./commands/audit.js')).audit,
    convert: async () => (await import('./commands/convert.js')).convert,
    inbox: async () => (await import('./commands/inbox.js')).inbox,
    chain: async () => (await import('./commands/chain.js')).chain,
    link: async () => (await import('./commands/link.js')).link,
  }),
);

/**
 * The command with its subcommands: those that the arguments name, and all where they name none, as for the help. Throws
 * where it would exit.
 * @param environment settings as the gateway is given them, for what is done without a gateway
 */
export async function program(
  dataDir: string,
  args: readonly string[] = [],
  environment: Environment = {},
): Promise<Command> {
  const proviso = new Command('proviso')
    .description('Consent, provenance and administration of a Proviso gateway')
    .option('--data <dir>', 'data folder of the running system', dataDir)
    .exitOverride();
  const named = [...COMMANDS].filter(([name]) => args.includes(name));
  const loading = (named.length > 0 && !args.includes('help') ? named : [...COMMANDS]).map(([, load]) =>
    load(),
  );
  for (const register of await Promise.all(loading)) register(proviso, environment);
  return proviso;
}
