import { plainSender } from '#normalize';
import { senderOf, SenderProfileJson } from './sender-profile-schema.js';

describe('the profile of a sender', () => {
  it('needs nothing but an id', () => {
    expect(senderOf(SenderProfileJson.parse({ id: 'lakeview' }))).toEqual(plainSender('lakeview'));
  });

  it('keeps what it says', () => {
    const profile = {
      id: 'lakeview',
      zone: 'America/Chicago',
      charset: 'windows-1252',
      authorities: { LKV: 'urn:oid:2.999.1' },
      patientAuthorities: ['urn:oid:2.999.1'],
      codeSystems: { LOCAL: 'urn:lakeview:tests' },
      codeMaps: { 'urn:lakeview:tests': { GLU: { system: 'http://loinc.org', code: '2345-7' } } },
    };
    expect(senderOf(SenderProfileJson.parse(profile))).toEqual(profile);
  });

  it.each([
    ['id', { id: 'Lake View' }],
    ['zone', { id: 'a', zone: 'Lakeview/Standard' }],
    ['charset', { id: 'a', charset: 'ebcdic-of-ours' }],
    ['codeMaps', { id: 'a', codeMaps: { HL70001: { M: 'male' } } }],
    ['', { id: 'a', zonne: 'UTC' }],
  ])('is refused at a fault in "%s"', (member, profile) => {
    const parsed = SenderProfileJson.safeParse(profile);
    expect(parsed.error?.issues.map(({ path }) => path[0] ?? '')).toEqual([member]);
  });
});
