import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** What this stand-in reads from its environment. */
export const LakeviewSettings = z.object({
  MLLP_HOST: z.string().default('127.0.0.1').describe('host of the listener that it sends to'),
  MLLP_PORT: port.min(1).describe('port of that listener'),
  HOST: z.string().default('127.0.0.1').describe('address of the control endpoint'),
  PORT: port.default(0).describe('port of the control endpoint; 0 means any free one'),
});

/** The settings, parsed. */
export type LakeviewSettings = z.infer<typeof LakeviewSettings>;
