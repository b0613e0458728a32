import type { GroupMap, KeyPart, Link, ResourceMap } from '../engine/map.js';
import { AL1_ALLERGY, IAM_ALLERGY } from '../tables/al1.js';
import { DG1_CONDITION, DG1_ENCOUNTER, DG1_EPISODE } from '../tables/dg1.js';
import { PR1_PROCEDURE } from '../tables/pr1.js';
import { ROL_PRACTITIONER_ROLE, ROL_PROCEDURE } from '../tables/rol.js';
import { OF_PATIENT, SUBJECT } from './patient.js';

const ENCOUNTER: Link = { to: 'encounter', of: 'encounter' };
const OF_ENCOUNTER: KeyPart = { of: 'encounter', optional: true };

function allergyGroup(segment: 'AL1' | 'IAM'): GroupMap {
  const code: KeyPart = { first: [`${segment}-3`], as: 'code' };
  const allergy: ResourceMap = {
    name: 'allergy',
    type: 'AllergyIntolerance',
    keys:
      segment === 'IAM'
        ? [
            [OF_PATIENT, { first: ['IAM-7'], as: 'entity' }],
            [OF_PATIENT, code],
          ]
        : [[OF_PATIENT, code]],
    from: [segment === 'IAM' ? IAM_ALLERGY : AL1_ALLERGY],
    links: [{ to: 'patient', of: 'patient' }],
    mode: 'merge',
    equals: 'join',
  };
  return { name: `ALLERGY_${segment}`, opens: [segment], has: ['ARV'], makes: [allergy] };
}

/** A diagnosis is known by its own number, else by visit, code and type. */
const DIAGNOSIS: GroupMap = {
  name: 'DIAGNOSIS',
  opens: ['DG1'],
  makes: [
    {
      name: 'condition',
      type: 'Condition',
      keys: [
        [OF_PATIENT, { first: ['DG1-20'], as: 'entity' }],
        [
          OF_PATIENT,
          OF_ENCOUNTER,
          { first: ['DG1-3', 'DG1-4'], as: 'code' },
          { first: ['DG1-6'], as: 'code', optional: true },
        ],
      ],
      from: [DG1_CONDITION],
      links: [SUBJECT, ENCOUNTER],
      mode: 'merge',
    },
  ],
  adds: [
    { into: 'encounter', from: [DG1_ENCOUNTER], links: [{ to: 'diagnosis[].condition', of: 'condition' }] },
    { into: 'episode', from: [DG1_EPISODE], links: [{ to: 'diagnosis[].condition', of: 'condition' }] },
  ],
};

const PROCEDURE: GroupMap = {
  name: 'PROCEDURE',
  opens: ['PR1'],
  has: ['PRT'],
  makes: [
    {
      name: 'procedure',
      type: 'Procedure',
      keys: [
        [OF_PATIENT, { first: ['PR1-19'], as: 'entity' }],
        [
          OF_PATIENT,
          OF_ENCOUNTER,
          { first: ['PR1-3', 'PR1-4'], as: 'code' },
          { first: ['PR1-5'], as: 'text', optional: true },
        ],
      ],
      from: [PR1_PROCEDURE],
      links: [SUBJECT, ENCOUNTER],
      defaults: { status: 'unknown' },
    },
  ],
  groups: [
    {
      name: 'PROCEDURE_ROLE',
      opens: ['ROL'],
      makes: [
        {
          name: 'procedure-role',
          type: 'PractitionerRole',
          keys: [
            [
              { first: ['ROL-4'], as: 'person' },
              { first: ['ROL-3'], as: 'code', optional: true },
              { first: ['ROL-14'], as: 'text', optional: true },
            ],
          ],
          from: [ROL_PRACTITIONER_ROLE],
          mode: 'merge',
          equals: 'join',
        },
      ],
      adds: [
        {
          into: 'procedure',
          from: [ROL_PROCEDURE],
          links: [{ to: 'performer[].actor', of: 'procedure-role' }],
        },
      ],
    },
  ],
};

/** Allergies, diagnoses and procedures of a patient. */
export const CLINICAL_GROUPS: readonly GroupMap[] = [
  allergyGroup('AL1'),
  allergyGroup('IAM'),
  DIAGNOSIS,
  PROCEDURE,
];
