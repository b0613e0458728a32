import { z } from 'zod';

/** The id of a source. */
export const sourceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower case letters, digits and hyphens');
