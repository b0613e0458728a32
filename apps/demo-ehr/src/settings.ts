import { z } from 'zod';

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1');

const Key = z.looseObject({ kty: z.string(), kid: z.string() });

const jwks = z.string().transform((text, context) => {
  try {
    return z.object({ keys: z.array(Key).min(1) }).parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON Web Key Set whose keys have kty and kid' });
    return z.NEVER;
  }
});

/** What this stand-in reads from its environment. */
export const Settings = z.object({
  HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0).describe('port; 0 means any free one'),
  CLIENT_ID: z.string().min(1).default('proviso').describe('the one registered system account'),
  CLIENT_JWKS: jwks.describe('public keys of that account, a JSON Web Key Set'),
  TOKEN_SECONDS: z.coerce.number().int().min(1).max(300).default(60).describe('life of an access token'),
  RATE_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(1200)
    .describe('requests of the account per minute'),
  ADMIN: flag.describe('1 opens the control endpoint to loopback callers'),
});

/** The settings, parsed. */
export type Settings = z.infer<typeof Settings>;
