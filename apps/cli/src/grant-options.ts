import { z } from 'zod';
import { isHex } from '#chain';
import type { Hex } from '#consent';
import { durationS, timeS } from './duration.js';
import { CommandError, EXIT } from './exit.js';
import type { GrantTerms } from './unsigned-grant.js';

const SUBJECT_LENGTH = 66;
const action = z.enum(['access', 'collect', 'correct']);
/** The options of `proviso grant`. */
export const grantOptions = z.object({
  data: z.string(),
  key: z.string().optional(),
  person: z.string().optional(),
  patient: z.string().optional(),
  subject: z.custom<Hex>(
    (value) => isHex(value) && value.length === SUBJECT_LENGTH,
    'must be 0x and 64 hex digits',
  ),
  toClient: z.string(),
  classes: z.string(),
  actions: z
    .string()
    .default('access')
    .transform((text) => text.split(','))
    .pipe(z.array(action)),
  purpose: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  for: z.string().optional(),
  deny: z.boolean().default(false),
  out: z.string(),
  wait: z.boolean().default(false),
});
/** The options of `proviso grant`, parsed. */
export type GrantOptions = z.infer<typeof grantOptions>;

/** What the options ask for. `nowS` is the start where none is named. */
export function grantTerms(options: GrantOptions, nowS: number): GrantTerms {
  const patient = options.patient ?? options.person;
  if (patient === undefined)
    throw new CommandError('Name the patient with --patient or --person.', EXIT.usage);
  const from = options.from === undefined ? nowS : timeS(options.from);
  return {
    patient,
    subject: options.subject,
    client: options.toClient,
    effect: options.deny ? 'deny' : 'permit',
    classes: options.classes.split(','),
    actions: options.actions,
    purposes: options.purpose.split(','),
    from,
    to: endOf(options, from),
  };
}

function endOf(options: GrantOptions, from: number): number {
  if (options.for !== undefined) return from + durationS(options.for);
  return options.to === undefined ? 0 : timeS(options.to);
}
