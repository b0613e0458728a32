import type { z } from 'zod';
import type { MllpPeer } from './mllp/mllp-handler.js';
import { sourceOfMessage, sourcesOfPeer } from './source-of-message.js';
import { V2Profile } from './v2-profile.js';

const PRINT = 'ab'.repeat(32);

function profile(id: string, change: Partial<z.input<typeof V2Profile>>): V2Profile {
  return V2Profile.parse({ kind: 'v2', id, name: id, peers: { loopback: true }, ...change });
}

const LOOPBACK: MllpPeer = { kind: 'plain', address: '127.0.0.1', isLoopback: true };
const tls = (fingerprint: string, subject = ''): MllpPeer => ({
  kind: 'tls',
  address: '10.0.0.1',
  fingerprint,
  subject,
});
const NAMELESS = { application: undefined, facility: undefined };

describe('sourcesOfPeer', () => {
  it('knows a peer by fingerprint, written either way, by subject, or by its address', () => {
    const colons = PRINT.toUpperCase().replaceAll(/(..)(?!$)/g, '$1:');
    const profiles = [
      profile('print', { peers: { fingerprints: [colons] } }),
      profile('subject', { peers: { subjects: ['O=Lakeview, CN=feed'] } }),
      profile('local', {}),
      profile('near', { peers: { addresses: ['10.0.0.2'] } }),
    ];
    const of = (peer: MllpPeer) => sourcesOfPeer(profiles, peer).map(({ id }) => id);
    expect(of(tls(PRINT))).toEqual(['print']);
    expect(of(tls('00', 'O=Lakeview, CN=feed'))).toEqual(['subject']);
    expect(of(LOOPBACK)).toEqual(['local']);
    expect(of({ kind: 'plain', address: '10.0.0.2', isLoopback: false })).toEqual(['near']);
    expect(of({ kind: 'plain', address: '10.0.0.3', isLoopback: false })).toEqual([]);
    expect(of(tls('00'))).toEqual([]);
  });
});

describe('sourceOfMessage', () => {
  const lakeview = profile('lakeview', { applications: ['HIS'], facilities: ['LV'] });
  const hillside = profile('hillside', { applications: ['HIS'], facilities: ['HS'] });

  it('takes the only source that a certificate speaks for, whatever the message says', () => {
    const own = profile('own', { peers: { fingerprints: [PRINT] }, applications: ['HIS'] });
    expect(sourceOfMessage([own, lakeview], tls(PRINT), NAMELESS)?.id).toBe('own');
  });

  it('tells the sources of one peer apart by application and facility', () => {
    const named = { application: 'HIS', facility: 'HS' };
    expect(sourceOfMessage([lakeview, hillside], LOOPBACK, named)?.id).toBe('hillside');
    const shared = [lakeview, hillside].map((each) => ({
      ...each,
      peers: { ...each.peers, fingerprints: [PRINT] },
    }));
    expect(sourceOfMessage(shared, tls(PRINT), named)?.id).toBe('hillside');
  });

  it('knows no source where the message names none, another, or several', () => {
    const profiles = [lakeview, hillside];
    expect(sourceOfMessage(profiles, LOOPBACK, NAMELESS)).toBeUndefined();
    expect(sourceOfMessage(profiles, LOOPBACK, { application: 'HIS', facility: 'XX' })).toBeUndefined();
    const same = profile('twin', { applications: ['HIS'], facilities: ['HS'] });
    expect(
      sourceOfMessage([...profiles, same], LOOPBACK, { application: 'HIS', facility: 'HS' }),
    ).toBeUndefined();
  });

  it('does not let a peer speak for a source that is not its own', () => {
    const own = profile('own', { peers: { fingerprints: [PRINT] }, applications: ['HIS'] });
    expect(sourceOfMessage([own], LOOPBACK, { application: 'HIS', facility: undefined })).toBeUndefined();
  });
});

describe('V2Profile', () => {
  it.each([
    ['peers', { peers: {} }],
    ['peers', { peers: { fingerprints: ['ab'] } }],
    ['peers', { peers: { addresses: ['somewhere'] } }],
    ['silentAfterS', { silentAfterS: 0 }],
  ])('is refused at a fault in "%s"', (member, change) => {
    const parsed = V2Profile.safeParse({
      kind: 'v2',
      id: 'a',
      name: 'a',
      peers: { loopback: true },
      ...change,
    });
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual([member]);
  });
});
