import { judgeVanished } from './vanished-gateways.js';

describe('vanished-gateways', () => {
  it('names sessions of other gateways, and leaves those of this one to its next append', () => {
    expect(judgeVanished(['g1/a', 'g2/b', 'g10/c'], 'g1')).toEqual([
      { kind: 'gateway-vanished', session: 'g2/b' },
      { kind: 'gateway-vanished', session: 'g10/c' },
    ]);
  });
});
