import { readFileSync } from 'node:fs';
import { grantFile, keyFile, subjectFile } from './names.js';
import { flags, mustProviso, type World } from './world.js';

/** What she grants in the story, and under which name she keeps the grant. */
export interface GrantStory {
  readonly name: string;
  readonly patient: string;
  readonly client: string;
  readonly classes: string;
  readonly lasting: string;
}

/** She signs a grant with her own key; resolves when the projection holds it. */
export async function signGrant(world: World, { name, patient, ...granted }: GrantStory): Promise<void> {
  const options = flags({
    key: keyFile(world),
    patient,
    subject: readFileSync(subjectFile(world), 'utf8'),
    'to-client': granted.client,
    classes: granted.classes,
    purpose: 'TREAT',
    for: granted.lasting,
    out: grantFile(world, name),
    wait: true,
  });
  await mustProviso(world, 'grant', ...options);
}
