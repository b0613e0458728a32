import { z } from 'zod';

/** An index or a size of the log, in decimal. */
export const logIndex = z
  .string()
  .regex(/^(0|[1-9]\d{0,17})$/)
  .transform(BigInt);
