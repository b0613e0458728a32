import { mayBegin } from './inbox-acts.js';
import { INBOX_STATES } from './inbox.js';

describe('mayBegin', () => {
  it('lets be replayed what does not wait, and be discarded what is neither converted nor discarded', () => {
    expect(INBOX_STATES.filter((state) => !mayBegin('replay', state))).toEqual(['received']);
    expect(INBOX_STATES.filter((state) => !mayBegin('discard', state))).toEqual(['converted', 'discarded']);
  });
});
