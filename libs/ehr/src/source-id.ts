import { z } from 'zod';

/** Ids of the sources that clients own begin with it: nobody who is configured may pass for one. */
const RESERVED = 'app-';

/** The id of a source. */
export const sourceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower case letters, digits and hyphens')
  .refine((id) => !id.startsWith(RESERVED), `must not begin with ${RESERVED}, which clients' own sources do`);
