import { Api } from '../../apps/cli/src/api.js';
import { bindSubject } from '../../apps/standalone/src/bind-subject.js';
import { trialPeople } from '../../apps/standalone/src/people.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';

/** Binds the first of the synthetic people to subjects, as the registrar of a folder's clients; waits for the roster. */
export async function bindTrialPeople(
  ready: ReadyFile,
  folder: string,
  count: number,
): Promise<ReadyFile['people']> {
  const registrar = new Api(ready, 'registrar');
  const people: ReadyFile['people'] = [];
  for (const person of trialPeople(folder).slice(0, count)) {
    // oxlint-disable-next-line no-await-in-loop -- one binding after the other
    people.push({ ...person, subjects: [await bindSubject(registrar, person)] });
  }
  return people;
}
