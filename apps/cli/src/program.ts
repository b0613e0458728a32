import { Command } from 'commander';
import { audit } from './commands/audit.js';
import { bind } from './commands/bind.js';
import { client } from './commands/client.js';
import { consistency } from './commands/consistency.js';
import { grant } from './commands/grant.js';
import { grants } from './commands/grants.js';
import { key } from './commands/key.js';
import { receipt } from './commands/receipt.js';
import { revoke } from './commands/revoke.js';
import { token } from './commands/token.js';
import { verify } from './commands/verify.js';

const COMMANDS = [token, client, key, bind, grant, revoke, grants, receipt, verify, consistency, audit];

/** The command with all its subcommands. Throws where it would exit. */
export function program(dataDir: string): Command {
  const proviso = new Command('proviso')
    .description('Consent, provenance and administration of a Proviso gateway')
    .option('--data <dir>', 'data folder of the running system', dataDir)
    .exitOverride();
  for (const register of COMMANDS) register(proviso);
  return proviso;
}
