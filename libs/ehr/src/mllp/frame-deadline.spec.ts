import { FrameDeadline } from './frame-deadline.js';

const FRAME_MS = 30_000;

describe('FrameDeadline', () => {
  let deadline: FrameDeadline;
  beforeEach(() => {
    deadline = new FrameDeadline(FRAME_MS);
  });

  it('gives a frame its time from its first byte, however often more of it comes', () => {
    expect(deadline.endsMs).toBe(Infinity);
    for (const nowMs of [100, 5_000, 29_000]) deadline.note('open', false, nowMs);
    expect(deadline.endsMs).toBe(100 + FRAME_MS);
    deadline.note('none', true, 29_500);
    expect(deadline.endsMs).toBe(Infinity);
  });

  it('begins anew with a frame that begins in the bytes that end the one before', () => {
    deadline.note('open', false, 0);
    deadline.note('open', true, 29_000);
    expect(deadline.endsMs).toBe(29_000 + FRAME_MS);
  });

  it('waits a second for CR after FS', () => {
    deadline.note('closing', false, 10);
    expect(deadline.endsMs).toBe(1_010);
    deadline.note('none', true, 1_010);
    expect(deadline.endsMs).toBe(Infinity);
  });

  it('does not hold the second after FS against the next frame', () => {
    deadline.note('closing', false, 0);
    deadline.note('open', true, 900);
    expect(deadline.endsMs).toBe(900 + FRAME_MS);
  });

  it('does not hold it against the same frame, where FS was a byte of it; its time goes on', () => {
    deadline.note('open', false, 0);
    deadline.note('closing', false, 100);
    deadline.note('open', false, 200);
    expect(deadline.endsMs).toBe(FRAME_MS);
    deadline.note('closing', false, FRAME_MS - 10);
    expect(deadline.endsMs).toBe(FRAME_MS);
  });
});
