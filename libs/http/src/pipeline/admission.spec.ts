import { Admission } from './admission.js';

describe('Admission', () => {
  it('refuses a request above the limit of its client, and no other client for it', () => {
    const admission = new Admission(2);
    const [a, b, c] = [{}, {}, {}];
    admission.enter('app', a);
    admission.enter('app', b);
    expect(() => admission.enter('app', c)).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
    expect(() => admission.enter('other', c)).not.toThrow();
  });

  it('lets the next one in when one has ended', () => {
    const admission = new Admission(1);
    const [a, b] = [{}, {}];
    admission.enter('app', a);
    admission.leave(a);
    expect(() => admission.enter('app', b)).not.toThrow();
  });

  it('counts a request once, however often it is tried again', () => {
    const admission = new Admission(1);
    const a = {};
    admission.enter('app', a);
    expect(() => admission.enter('app', a)).not.toThrow();
    admission.leave(a);
    expect(() => admission.enter('app', {})).not.toThrow();
  });
});
