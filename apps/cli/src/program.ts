import { Command } from 'commander';
import { audit } from './commands/audit.js';
import { bind } from './commands/bind.js';
import { client } from './commands/client.js';
import { consistency } from './commands/consistency.js';
import { convert } from './commands/convert.js';
import { grant } from './commands/grant.js';
import { grants } from './commands/grants.js';
import { inbox } from './commands/inbox.js';
import { key } from './commands/key.js';
import { link } from './commands/link.js';
import { receipt } from './commands/receipt.js';
import { revoke } from './commands/revoke.js';
import { token } from './commands/token.js';
import { verify } from './commands/verify.js';
import type { Environment } from './local/local-settings.js';

const COMMANDS = [
  token,
  client,
  key,
  bind,
  grant,
  revoke,
  grants,
  receipt,
  verify,
  consistency,
  audit,
  convert,
  inbox,
  link,
];

/**
 * The command with all its subcommands. Throws where it would exit.
 * @param environment settings as the gateway is given them, for what is done without a gateway
 */
export function program(dataDir: string, environment: Environment = {}): Command {
  const proviso = new Command('proviso')
    .description('Consent, provenance and administration of a Proviso gateway')
    .option('--data <dir>', 'data folder of the running system', dataDir)
    .exitOverride();
  for (const register of COMMANDS) register(proviso, environment);
  return proviso;
}
