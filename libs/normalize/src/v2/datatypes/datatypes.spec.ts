import type { JsonValue } from '#digest';
import { CODE_TABLES } from '../codes/code-tables.js';
import { Conversion, type Place } from '../engine/conversion.js';
import { groupSegments } from '../engine/group-segments.js';
import type { Row } from '../engine/map.js';
import { parseMessage } from '../message/parse-message.js';
import { plainSender, type SenderProfile } from '../sender-profile.js';
import { DATATYPES } from './datatypes.js';

const SENDER: SenderProfile = { ...plainSender('lake'), zone: 'UTC' };

interface Made {
  readonly value: JsonValue | undefined;
  readonly issues: readonly string[];
  /** The type, and the resource, of all that was related. */
  readonly related: readonly (readonly [string, unknown])[];
}

/** Makes a value of the text as field ZZZ-1. */
function make(as: string, text: string, row: Partial<Row> = {}, sender = SENDER): Made {
  const message = `MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\rZZZ|${text}`;
  const parsed = parseMessage(new TextEncoder().encode(message));
  if (parsed.kind !== 'message') throw new Error(parsed.fault.reason);
  const conversion = new Conversion(parsed.message, sender, { datatypes: DATATYPES, codes: CODE_TABLES }, '');
  const { root } = groupSegments(parsed.message, { name: 'ROOT', opens: ['MSH'], has: ['ZZZ'] });
  const segment = parsed.message.segments.find(({ name }) => name === 'ZZZ');
  if (segment === undefined) throw new Error('no segment');
  const cell = segment.first(1);
  const place: Place = {
    conversion,
    group: root,
    segment,
    cell: undefined,
    row: { from: 'ZZZ-1', to: 'x', ...row },
    type: 'Patient',
  };
  const value = DATATYPES[as]?.(cell, place);
  const issues = [
    ...conversion.issues.map(({ code, expression }) => `${code} ${expression}`),
    ...parsed.message
      .unread()
      .filter((path) => path.startsWith('ZZZ'))
      .map((path) => `unread ${path}`),
  ];
  return {
    value,
    issues,
    related: [...conversion.related.values()].map(({ type, element }) => [type, element.value]),
  };
}

describe('CX[Identifier]', () => {
  it('takes number, type, authority and period', () => {
    expect(make('CX[Identifier]', '42^^^LAKE^MR^^20200101^20301231').value).toEqual({
      type: {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v2-0203',
            code: 'MR',
            display: expect.any(String),
          },
        ],
      },
      system: 'urn:id:lake:LAKE',
      value: '42',
      period: { start: '2020-01-01', end: '2030-12-31' },
    });
  });

  it('names an OID as a URN, and keeps the name of the authority beside it', () => {
    const { value, related } = make('CX[Identifier]', '42^^^LAKE&1.2.3.4&ISO');
    expect(value).toMatchObject({
      system: 'urn:oid:1.2.3.4',
      assigner: { reference: expect.stringMatching(/^Organization\//) },
    });
    expect(related).toEqual([
      [
        'Organization',
        { identifier: [{ value: 'LAKE' }, expect.objectContaining({ value: 'urn:oid:1.2.3.4' })] },
      ],
    ]);
  });

  it('does not take an id for an OID where its type says otherwise', () => {
    expect(make('CX[Identifier]', '42^^^LAKE&1.2.3.4&L').value).toMatchObject({ system: 'urn:id:lake:LAKE' });
  });

  it('follows the profile of the sender', () => {
    const sender = { ...SENDER, authorities: { LAKE: 'https://lake.example/mrn' } };
    expect(make('CX[Identifier]', '42^^^LAKE', {}, sender).value).toEqual({
      system: 'https://lake.example/mrn',
      value: '42',
    });
  });

  it('makes nothing of an authority alone, and leaves it to be listed', () => {
    expect(make('CX[Identifier]', '^^^LAKE^MR')).toMatchObject({
      value: undefined,
      issues: ['unread ZZZ-1.4', 'unread ZZZ-1.5'],
    });
  });
});

describe('XPN[HumanName]', () => {
  it('takes all parts of a name, and what the person is called as a second one', () => {
    expect(
      make('XPN[HumanName]', 'van Eck&van&Eck^ADA^MAY^III^Dr.^PhD^L^^^20200101&20210101^G^^^FACP^Addy').value,
    ).toEqual([
      {
        extension: [
          { url: 'http://hl7.org/fhir/StructureDefinition/humanname-assembly-order', valueCode: 'G' },
        ],
        use: 'official',
        family: 'van Eck',
        _family: {
          extension: [
            { url: 'http://hl7.org/fhir/StructureDefinition/humanname-own-prefix', valueString: 'van' },
            { url: 'http://hl7.org/fhir/StructureDefinition/humanname-own-name', valueString: 'Eck' },
          ],
        },
        given: ['ADA', 'MAY'],
        prefix: ['Dr.'],
        suffix: ['III', 'PhD', 'FACP'],
        period: { start: '2020-01-01', end: '2021-01-01' },
      },
      { use: 'nickname', given: ['Addy'] },
    ]);
  });
});

function ranked(rank: string): Made {
  return make('XTN[ContactPoint]', `5550100${'^'.repeat(17)}${rank}`);
}

describe('XTN[ContactPoint]', () => {
  it.each([
    ['(608)555-0100', { system: 'phone', value: '(608)555-0100' }],
    ['^PRN^PH^^1^608^5550100^22', { system: 'phone', use: 'home', value: '+1 608 5550100 X22' }],
    ['^NET^Internet^jo@example.org', { system: 'email', value: 'jo@example.org' }],
    ['jo@example.org', { system: 'email', value: 'jo@example.org' }],
    ['5550100^^CP', { system: 'phone', use: 'mobile', value: '5550100' }],
    ['ask the desk', { _system: { extension: [{ valueCode: 'unknown' }] }, value: 'ask the desk' }],
  ])('reads %s', (text, point) => {
    const { value } = make('XTN[ContactPoint]', text);
    expect(Array.isArray(value) ? value : [value]).toMatchObject([point]);
  });

  it('takes a number once that is written twice, and two that differ both', () => {
    expect(make('XTN[ContactPoint]', '(608)555-0100^PRN^PH^^^608^5550100').value).toMatchObject([
      { value: '(608)555-0100' },
    ]);
    expect(make('XTN[ContactPoint]', '5550199^PRN^PH^^^608^5550100').value).toMatchObject([
      { value: '608 5550100' },
      { value: '5550199' },
    ]);
  });

  it('falls back to the use of the field', () => {
    expect(make('XTN[ContactPoint-work]', '5550100').value).toMatchObject([{ use: 'work' }]);
  });

  it('has a rank, or an issue where it cannot be one', () => {
    expect(ranked('2').value).toMatchObject([{ rank: 2 }]);
    for (const rank of ['first', '0', '-1', '1.5']) {
      expect(ranked(rank)).toMatchObject({ value: [{}], issues: ['invalid-value ZZZ-1.18'] });
      expect(JSON.stringify(ranked(rank).value)).not.toContain('rank');
    }
  });
});

describe('XAD[Address]', () => {
  it('takes lines, places, county and period', () => {
    expect(
      make('XAD[Address]', '12&Reed Row^Flat 3^Mirefield^WI^53999^USA^H^^Marsh^0101^^20200101&20210101')
        .value,
    ).toEqual({
      extension: [
        { url: 'http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-censusTract', valueString: '0101' },
      ],
      use: 'home',
      line: ['12', 'Reed Row', 'Flat 3'],
      city: 'Mirefield',
      district: 'Marsh',
      state: 'WI',
      postalCode: '53999',
      country: 'USA',
      period: { start: '2020-01-01', end: '2021-01-01' },
    });
  });

  it('has an issue for a kind that it does not know', () => {
    expect(make('XAD[Address]', '12 Reed Row^^^^^^QQ').issues).toEqual(['unmapped-code ZZZ-1.7']);
  });
});

describe('CWE[CodeableConcept]', () => {
  it('takes up to three codings and the original text', () => {
    expect(make('CWE[CodeableConcept]', 'a^A^L^b^B^LN^1^2^as said^c^C^99X^3').value).toEqual({
      coding: [
        { system: 'urn:id:lake:L', version: '1', code: 'a', display: 'A' },
        { system: 'http://loinc.org', version: '2', code: 'b', display: 'B' },
        { system: 'urn:id:lake:99X', version: '3', code: 'c', display: 'C' },
      ],
      text: 'as said',
    });
  });

  it('is a text where there is no code', () => {
    expect(make('CWE[CodeableConcept]', '^Dizzy spells').value).toEqual({ text: 'Dizzy spells' });
  });

  it('says so where the table does not know the code, and keeps it', () => {
    const { value, issues } = make('CWE[CodeableConcept]', 'ZZ', { codes: 'MaritalStatus', table: '0002' });
    expect(value).toEqual({ coding: [{ code: 'ZZ' }] });
    expect(issues).toEqual(['unmapped-code ZZZ-1']);
  });

  it('follows the code maps of the sender first', () => {
    const codeMaps = { HL70002: { ZZ: { system: 'urn:x', code: 'zz' } } };
    const { value } = make(
      'CWE[CodeableConcept]',
      'ZZ',
      { codes: 'MaritalStatus', table: '0002' },
      { ...SENDER, codeMaps },
    );
    expect(value).toMatchObject({ coding: [{ code: 'ZZ' }, { system: 'urn:x', code: 'zz' }] });
  });
});

describe('CWE[code]', () => {
  it('is what the table says, or nothing with an issue', () => {
    const row = { codes: 'AdministrativeSex', table: '0001' };
    expect(make('CWE[code]', 'F', row).value).toBe('female');
    expect(make('CWE[code]', 'Q', row)).toMatchObject({
      value: undefined,
      issues: ['unmapped-code ZZZ-1'],
    });
    expect(make('CWE[code]', 'constructor', row).value).toBeUndefined();
  });
});

describe('CWE[ethnicity]', () => {
  it('knows the codes of table 0189', () => {
    expect(make('CWE[ethnicity]', 'N^Not Hispanic^HL70189').value).toEqual({
      extension: [
        {
          url: 'ombCategory',
          valueCoding: {
            system: 'urn:oid:2.16.840.1.113883.6.238',
            code: '2186-5',
            display: 'Not Hispanic or Latino',
          },
        },
        { url: 'text', valueString: 'Not Hispanic' },
      ],
    });
  });

  it('is a text alone for other codes', () => {
    expect(make('CWE[race]', 'MAR^Martian^L')).toMatchObject({
      value: { extension: [{ url: 'text', valueString: 'Martian' }] },
      issues: ['unmapped-code ZZZ-1'],
    });
  });
});

describe('PL[Location]', () => {
  it('makes a chain from the bed to the facility and refers to the bed', () => {
    const { value, related } = make('PL[Location]', '3W^301^B^LAKE^^^NORTH^2');
    expect(value).toEqual({ reference: expect.stringMatching(/^Location\//) });
    expect(related.map(([, resource]) => resource)).toMatchObject([
      { name: 'LAKE', physicalType: { coding: [{ code: 'si' }] } },
      { name: 'NORTH', physicalType: { coding: [{ code: 'bu' }] } },
      { name: '2', physicalType: { coding: [{ code: 'lvl' }] } },
      { name: '3W' },
      { name: '301', physicalType: { coding: [{ code: 'ro' }] } },
      { name: 'B', physicalType: { coding: [{ code: 'bd' }] }, partOf: { reference: expect.any(String) } },
    ]);
  });
});

describe('XCN[Practitioner]', () => {
  it('knows a person by the number with its authority', () => {
    const one = make('XCN[Practitioner]', '12^HOLT^PIA^^^DR^MD^^NPI').value;
    const other = make('XCN[Practitioner]', '12^HOLT-REY^PIA^^^DR^MD^^NPI').value;
    expect(other).toEqual(one);
  });

  it('tells persons apart whose numbers have no authority', () => {
    const one = make('XCN[Practitioner]', '12^HOLT^PIA').value;
    const other = make('XCN[Practitioner]', '12^REY^SAM').value;
    expect(other).not.toEqual(one);
  });
});
