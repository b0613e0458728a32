import fc from 'fast-check';
import { CR, type FrameEvent, frameOf, FrameReader, FS, VT } from './frame-reader.js';

const LIMITS = { frameBytes: 64, strayBytes: 16 };

function eventsOf(stream: Uint8Array, cuts: readonly number[] = [], limits = LIMITS): readonly FrameEvent[] {
  const reader = new FrameReader(limits);
  const ends = [...new Set([...cuts.filter((cut) => cut < stream.length), stream.length])];
  const events = ends
    .toSorted((a, b) => a - b)
    .flatMap((end, at, all) => reader.push(stream.subarray(all[at - 1] ?? 0, end)));
  return [...events, ...reader.end()];
}

const textsOf = (events: readonly FrameEvent[]) =>
  events.map((event) =>
    event.kind === 'frame' ? Buffer.from(event.payload).toString('latin1') : event.fault,
  );
const bytes = (...parts: readonly (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));

describe('FrameReader', () => {
  it.each([
    ['one frame', bytes(VT, 'a', FS, CR), ['a']],
    ['several, with bytes between them', bytes(VT, 'a', FS, CR, '\r\n', VT, 'b', FS, CR), ['a', 'b']],
    ['an end without CR before the next start', bytes(VT, 'a', FS, VT, 'b', FS, CR), ['a', 'b']],
    ['an end without CR where the stream ends', bytes(VT, 'a', FS), ['a']],
    ['an FS and a VT inside', bytes(VT, 'a', FS, 'b', VT, 'c', FS, FS, CR), ['a\x1cb\x0bc\x1c']],
    ['an empty frame', bytes(VT, FS, CR), ['']],
    ['a frame that does not end', bytes(VT, 'a', FS, CR, VT, 'b'), ['a', 'unfinished']],
    ['bytes without a frame', bytes('MSH|'), ['unfinished']],
    ['blanks without a frame', bytes('\r\n \n'), []],
    ['nothing', bytes(), []],
    ['too many bytes between frames', bytes('x'.repeat(17), VT, 'a', FS, CR), ['stray']],
    ['a frame of the largest size', bytes(VT, 'x'.repeat(64), FS, CR), ['x'.repeat(64)]],
    ['a frame that is too large', bytes(VT, 'x'.repeat(65), FS, CR, VT, 'a', FS, CR), ['too-large']],
  ])('finds %s', (_what, stream, found) => {
    expect(textsOf(eventsOf(stream))).toEqual(found);
  });

  it('finds the same, however the stream is cut', () => {
    const byte = fc.oneof(fc.constantFrom(VT, FS, CR, 0x41, 0x0a), fc.nat(255));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(byte), fc.array(fc.nat(400)), (a, b, cuts) => {
        for (const stream of [a, Uint8Array.from(b), Uint8Array.from([...frameOf(a), ...b])]) {
          expect(eventsOf(stream, cuts)).toEqual(eventsOf(stream));
        }
      }),
    );
  });

  it('gives back what was framed, cut anyhow', () => {
    const payload = fc.uint8Array({ maxLength: 64 }).map((all) => all.filter((one) => one !== FS));
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 8 }), fc.array(fc.nat(600)), (payloads, cuts) => {
        const stream = Buffer.concat(payloads.map((each) => frameOf(each)));
        const frames = eventsOf(stream, cuts).map((event) => event.kind === 'frame' && event.payload);
        expect(frames).toEqual(payloads.map((each) => Uint8Array.from(each)));
      }),
    );
  });

  it('gives the start of what was too large, for the answer', () => {
    const stream = bytes(VT, 'MSH|', 'x'.repeat(100));
    expect(eventsOf(stream, [3, 20])).toMatchObject([
      { fault: 'too-large', start: Uint8Array.from(stream.subarray(1)) },
    ]);
  });

  it('holds no more than twice what a frame may have, however small its pieces', () => {
    const reader = new FrameReader({ frameBytes: 1_000_000, strayBytes: 16 });
    reader.push(bytes(VT));
    let most = 0;
    for (let at = 0; at < 200_000; at += 1) {
      reader.push(Uint8Array.of(0x41));
      most = Math.max(most, reader.heldBytes);
    }
    expect(most).toBeLessThanOrEqual(400_000);
    expect(reader.end()).toMatchObject([{ fault: 'unfinished' }]);
    expect(reader.heldBytes).toBe(0);
  });
});
