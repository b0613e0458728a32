import { decodeDelegateWord } from './delegate-word.js';

describe('delegate words', () => {
  it('have rights, window, key epoch, version, since and veto, from the high bits', () => {
    const text = ['0x1f', '0000000a', '00000014', '00000002', '000007', '000005', '0000001e'].join('');
    expect(decodeDelegateWord(BigInt(text) << 72n)).toEqual({
      rights: 31,
      from: 10,
      to: 20,
      keyEpoch: 2,
      version: 7,
      since: 5,
      vetoUntil: 30,
    });
  });
});
