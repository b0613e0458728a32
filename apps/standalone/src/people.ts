import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { resourceIdOf } from '#normalize';

/** Ids at the stand-in vendor of the four synthetic people. */
const AT_NORTHSIDE = ['n-1001', 'n-1002', 'n-1003', 'n-1004'];
const keysSchema = z.record(z.string(), z.string().regex(/^0x[0-9a-f]{64}$/));

/** A synthetic person: the id of her record here, and the key that will sign for her. */
export interface TrialPerson {
  readonly patient: string;
  readonly privateKey: string;
}

/** The synthetic people with their keys, made at the first start and kept with mode 0600. */
export function trialPeople(dataDir: string): readonly TrialPerson[] {
  const file = join(dataDir, 'people.json');
  if (!existsSync(file)) {
    const made = Object.fromEntries(AT_NORTHSIDE.map((id) => [id, `0x${randomBytes(32).toString('hex')}`]));
    writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  }
  const keys = keysSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return AT_NORTHSIDE.flatMap((id) => {
    const privateKey = keys[id];
    return privateKey === undefined
      ? []
      : [{ patient: resourceIdOf('northside', 'Patient', id), privateKey }];
  });
}
