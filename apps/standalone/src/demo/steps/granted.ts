import { keepSubject, keyFile, subjectOf } from '../names.js';
import { signGrant } from '../sign-grant.js';
import { flags, mustProviso, type World } from '../world.js';

/** 2. She is bound by a registrar, signs a grant with her own key, and a relayer brings it to the chain. */
export async function granted(world: World, patient: string): Promise<string> {
  await mustProviso(world, 'key', 'new', '--out', keyFile(world));
  const options = flags({ patient, key: keyFile(world), 'old-person': patient });
  const subject = subjectOf(await mustProviso(world, 'bind', ...options));
  keepSubject(world, subject);
  const wanted = { client: 'demo-app', classes: 'Observation,Patient,Provenance', lasting: '1h' };
  await signGrant(world, { name: 'observations', patient, ...wanted });
  return `subject ${subject.slice(0, 10)}… bound; grant signed by her key and mined`;
}
