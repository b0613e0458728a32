import { randomUUID } from 'node:crypto';
import { makeRecord, makeSubject } from '../../testing/log-fixture.js';
import { LogScene } from '../../testing/log-scene.js';

it('names a pair of Patients that was told apart and is so no more', async () => {
  const scene = await LogScene.make();
  const log = await scene.start();
  const [first = '', second = ''] = [randomUUID(), randomUUID()].toSorted();
  const [person, made] = [randomUUID(), randomUUID()];
  const link = { kind: 'link', grade: 'certain', atMs: 1 } as const;
  await log.append([
    {
      record: makeRecord([]),
      writes: [first, second].map((patient) => ({ ...link, patient, person })),
    },
  ]);
  const subject = { ...makeSubject(person), patient: second, links: { unlinked: second, apart: [first] } };
  await log.append([
    {
      record: makeRecord([subject]),
      writes: [
        { kind: 'unlink', patient: second, atMs: 2 },
        { ...link, patient: second, person: made, atMs: 2 },
      ],
    },
  ]);
  expect(await scene.findings()).toEqual([]);
  await scene.database.admin('delete from person_apart');
  expect(await scene.findings()).toEqual([
    { kind: 'row-missing', table: 'person_apart', key: `${first}/${second}` },
  ]);
  await scene.end();
});
