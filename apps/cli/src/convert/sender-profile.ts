import { senderOf, SenderProfileJson, V2Profile } from '#ehr';
import type { SenderProfile } from '#normalize';
import { CommandError, EXIT } from '../exit.js';
import { inputFile } from '../input-file.js';

/** The sender's profile of a file; that of a whole `v2` source will do. Ends the command, naming each member that does not fit. */
export function senderProfile(file: string): SenderProfile {
  const json = jsonOf(file);
  const parsed = (isSource(json) ? V2Profile : SenderProfileJson).safeParse(json);
  if (parsed.success) return senderOf(parsed.data);
  const faults = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new CommandError(`${file} is no sender's profile: ${faults.join('; ')}`, EXIT.usage);
}

function isSource(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'kind' in json;
}

function jsonOf(file: string): unknown {
  const text = inputFile(file).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${file} is not JSON.`, EXIT.usage);
  }
}
