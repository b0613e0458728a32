import { mustProviso, type World } from '../world.js';
import { grantFile, keepSubject, keyFile, subjectOf } from '../names.js';

/** 2. She is bound by a registrar, signs a grant with her own key, and a relayer brings it to the chain. */
export async function granted(world: World, patient: string): Promise<string> {
  await mustProviso(world, 'key', 'new', '--out', keyFile(world));
  const bound = await mustProviso(world, 'bind', '--patient', patient, '--key', keyFile(world));
  const subject = subjectOf(bound);
  keepSubject(world, subject);
  await mustProviso(
    world,
    ...['grant', '--key', keyFile(world), '--patient', patient, '--subject', subject],
    ...['--to-client', 'demo-app', '--classes', 'Observation,Patient', '--purpose', 'TREAT'],
    ...['--for', '1h', '--out', grantFile(world, 'observations'), '--wait'],
  );
  return `subject ${subject.slice(0, 10)}… bound; grant signed by her key and mined`;
}
