import { ABSENT } from '../datatypes/parts.js';
import type { GroupMap } from '../engine/map.js';
import { GT1_ACCOUNT, GT1_PATIENT, GT1_RELATED_PERSON, isGuarantorSelf } from '../tables/gt1.js';
import {
  IN1_COVERAGE,
  IN1_PAYER,
  IN1_SUBSCRIBER,
  IN2_PATIENT,
  IN2_SUBSCRIBER,
  isInsuredSelf,
} from '../tables/in1.js';
import { OF_PATIENT } from './patient.js';

const PATIENT = { to: 'patient', of: 'patient' };

/** GT1: a guarantor. */
export const GUARANTOR: GroupMap = {
  name: 'GUARANTOR',
  opens: ['GT1'],
  makes: [
    {
      name: 'guarantor',
      type: 'RelatedPerson',
      keys: [
        [OF_PATIENT, { first: ['GT1-2'], as: 'identifier' }],
        [
          OF_PATIENT,
          { word: 'name' },
          { first: ['GT1-3'], as: 'name' },
          { first: ['GT1-11'], as: 'code', optional: true },
        ],
      ],
      from: [GT1_RELATED_PERSON],
      links: [PATIENT],
      when: { not: isGuarantorSelf },
      mode: 'merge',
      equals: 'join',
    },
  ],
  adds: [
    { into: 'patient', from: [GT1_PATIENT] },
    {
      into: 'account',
      from: [GT1_ACCOUNT],
      links: [
        { to: 'guarantor[].party', of: 'guarantor', when: { not: isGuarantorSelf } },
        { to: 'guarantor[].party', of: 'patient', when: isGuarantorSelf },
      ],
    },
  ],
};

/** IN1 with IN2: a coverage, its insurer and the insured. */
export const INSURANCE: GroupMap = {
  name: 'INSURANCE',
  opens: ['IN1'],
  has: ['IN2', 'IN3', 'ROL', 'PRT', 'AUT', 'RF1'],
  makes: [
    {
      name: 'coverage',
      type: 'Coverage',
      keys: [
        [
          OF_PATIENT,
          { first: ['IN1-2', 'IN1-35'], as: 'code' },
          { first: ['IN1-36', 'IN1-49'], as: 'text', optional: true },
        ],
        [OF_PATIENT, { word: 'insurer' }, { first: ['IN1-3', 'IN1-4'], as: 'text' }],
        [OF_PATIENT, { word: 'coverage' }],
      ],
      from: [IN1_COVERAGE],
      links: [
        { to: 'subscriber', of: 'subscriber', when: { not: isInsuredSelf } },
        { to: 'subscriber', of: 'patient', when: isInsuredSelf },
        { to: 'beneficiary', of: 'patient' },
        { to: 'payor[]', of: 'insurer' },
      ],
      defaults: { status: 'active', 'payor[]': ABSENT('unknown') },
      mode: 'merge',
    },
    {
      name: 'insurer',
      type: 'Organization',
      keys: [[{ first: ['IN1-3'], as: 'identifier' }], [{ word: 'name' }, { first: ['IN1-4'], as: 'text' }]],
      from: [IN1_PAYER],
      mode: 'merge',
      equals: 'join',
    },
    {
      name: 'subscriber',
      type: 'RelatedPerson',
      keys: [
        [OF_PATIENT, { first: ['IN1-49'], as: 'identifier' }, { first: ['IN1-16'], as: 'name' }],
        [
          OF_PATIENT,
          { word: 'name' },
          { first: ['IN1-16'], as: 'name' },
          { first: ['IN1-17'], as: 'code', optional: true },
        ],
      ],
      from: [IN1_SUBSCRIBER, IN2_SUBSCRIBER],
      links: [PATIENT],
      when: { not: isInsuredSelf },
      mode: 'merge',
      equals: 'join',
    },
  ],
  adds: [{ into: 'patient', from: IN2_PATIENT }],
};
