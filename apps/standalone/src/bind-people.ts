import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Api } from '../../cli/src/api.js';
import { bindSubject } from './bind-subject.js';
import type { TrialPerson } from './people.js';
import type { ReadyFile } from './ready.js';
import type { Running } from './supervisor.js';

const boundSchema = z.record(z.string(), z.string());

/** Binds each synthetic person to one subject, once: at the first start, when the vendor's roster is in. */
export async function bindPeople(
  dataDir: string,
  running: Running,
  registrar: ReadyFile['clients'][number],
  people: readonly TrialPerson[],
): Promise<ReadyFile['people']> {
  const file = join(dataDir, 'subjects.json');
  const api = new Api({ ...running, clients: [registrar] }, registrar.id);
  const bound = existsSync(file) ? boundSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  for (const person of people) {
    if (bound[person.patient] !== undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- one binding after the other, each kept before the next
    bound[person.patient] = await bindSubject(api, person);
    writeFileSync(file, JSON.stringify(bound, null, 2), { mode: 0o600 });
  }
  return people.map(({ patient, privateKey }) => {
    const subject = bound[patient];
    return { patient, privateKey, subjects: subject === undefined ? [] : [subject] };
  });
}
