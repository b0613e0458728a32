import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS, type SubjectDraft } from '#provenance';
import type { Company, PersonLink } from '#store';
import type { Operation, Outcome } from '../operation.js';

const REASON_CHARACTERS = 200;
const patientId = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/);
const named = z.strictObject({ patient: patientId });
const unlinkForm = named.extend({ reason: z.string().trim().min(1).max(REASON_CHARACTERS) });

/** `GET /admin/links/{patient}`: the person of a Patient, who else is that person, and who was. */
export const listLinks: Operation<z.infer<typeof named>> = {
  name: 'link-list',
  role: 'steward',
  input: named,
  async handle({ patient }, _principal, parts): Promise<Outcome> {
    const links = await parts.links.linksOf(patient);
    const person = personOf(patient, links);
    return {
      status: 200,
      body: { patient, person, links: links.map(shown) },
      class: ENTRY_CLASS.configuration,
      subjects: [about(person, patient, {})],
      writes: [],
    };
  },
};

/**
 * `POST /admin/links/{patient}/unlink`: the Patient becomes a person of its own, and no likeness links it with the others
 * again. Consents that were signed for it go with it, those of the others stay: the write path sees to that. One that its
 * source took from the others already is told apart from them, so that their keys have no say about it any more.
 */
export const unlinkPatient: Operation<z.infer<typeof unlinkForm>> = {
  name: 'link-unlink',
  role: 'steward',
  /** It takes access away. */
  urgent: true,
  input: unlinkForm,
  async handle({ patient, reason }, _principal, parts): Promise<Outcome> {
    const company = await parts.links.companyOf(patient);
    if (company === undefined) throw new GatewayError('not-found');
    const asked = { patient, reason, company, atMs: parts.clock() };
    if (company.others.length > 0) return parted(asked, parts.newId(asked.atMs));
    if (company.former.length > 0) return toldApart(asked);
    throw new GatewayError('precondition', { details: 'The person has no other Patient.' });
  },
};

/** What is to be told apart, and from whom. */
interface Asked {
  readonly patient: string;
  readonly reason: string;
  readonly company: Company;
  readonly atMs: number;
}

/** The Patient gets a person of its own, `made`. */
function parted({ patient, reason, company, atMs }: Asked, made: string): Outcome {
  const { person, others, seen } = company;
  return {
    status: 200,
    body: {
      persons: [
        { person, patients: others },
        { person: made, patients: [patient] },
      ],
    },
    class: ENTRY_CLASS.configuration,
    subjects: [
      about(person, patient, { unlinked: patient, to: made, apart: others, reason }),
      about(made, patient, { unlinked: patient, from: person, reason }),
    ],
    writes: [
      seen,
      { kind: 'unlink', patient, atMs },
      { kind: 'link', patient, person: made, grade: 'certain', atMs },
    ],
  };
}

/** The Patient is a person of its own already, and stays so. */
function toldApart({ patient, reason, company, atMs }: Asked): Outcome {
  const { person, former, seen } = company;
  return {
    status: 200,
    body: { persons: [{ person, patients: [patient] }] },
    class: ENTRY_CLASS.configuration,
    subjects: [about(person, patient, { apart: former, reason })],
    writes: [seen, { kind: 'apart', patient, others: former, atMs }],
  };
}

/** @throws `not-found` where the Patient has no person now */
function personOf(patient: string, links: readonly PersonLink[]): string {
  const link = links.find((each) => each.patient === patient && each.untilMs === undefined);
  if (link === undefined) throw new GatewayError('not-found');
  return link.person;
}

function shown({ patient, person, grade, fromMs, untilMs, recordId }: PersonLink) {
  return {
    patient,
    person,
    grade,
    from: new Date(fromMs).toISOString(),
    until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
    record: recordId,
  };
}

function about(person: string, patient: string, links: SubjectDraft['links']): SubjectDraft {
  const decision = { effect: 'permit', code: null, basis: [], obligations: [] } as const;
  return {
    person,
    patient,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [],
    decision,
    links,
  };
}
