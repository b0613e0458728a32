import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';

const listSchema = z.object({ data: z.string(), patient: z.string().min(1) });
const unlinkSchema = listSchema.extend({ reason: z.string().trim().min(1).max(200) });
const linksSchema = z.object({
  links: z.array(
    z.object({
      patient: z.string(),
      person: z.string(),
      grade: z.string(),
      from: z.string(),
      until: z.string().nullable(),
    }),
  ),
});
const personsSchema = z.object({
  persons: z.array(z.object({ person: z.string(), patients: z.array(z.string()) })),
});

/** `proviso link list|unlink`: which Patients are one person, by the stewards' API; each act is sealed. */
export function link(program: Command): void {
  const group = program.command('link').description('which Patients are records of one person');
  group
    .command('list')
    .description('list the links of the person of a Patient, those that ended too')
    .requiredOption('--patient <id>', 'id of the Patient')
    .action(async (_options, command: Command) => {
      const { data, patient } = optionsOf(listSchema, command);
      const { body } = await steward(data).must('GET', pathOf(patient));
      for (const { person, grade, from, until, ...each } of linksSchema.parse(body).links) {
        process.stdout.write(`${each.patient}\t${person}\t${grade}\t${from}\t${until ?? ''}\n`);
      }
    });
  group
    .command('unlink')
    .description('separate a Patient from the others of its person, for good; its own consents go with it')
    .requiredOption('--patient <id>', 'id of the Patient')
    .requiredOption('--reason <words>', 'why; kept in the sealed record')
    .action(async (_options, command: Command) => {
      const { data, patient, reason } = optionsOf(unlinkSchema, command);
      const { body } = await steward(data).must('POST', `${pathOf(patient)}/unlink`, { reason });
      for (const { person, patients } of personsSchema.parse(body).persons) {
        process.stdout.write(`${person}\t${patients.join(' ')}\n`);
      }
    });
}

function steward(dataDir: string): Api {
  return new Api(readyFile(dataDir), 'steward');
}

function pathOf(patient: string): string {
  return `/admin/links/${encodeURIComponent(patient)}`;
}
