import { steadyClock } from './steady-clock.js';

const NOON = Date.UTC(2026, 4, 1, 12);
const HOUR_MS = 3_600_000;

function made() {
  const world = { wall: NOON, elapsed: 5, floor: 0 };
  const clock = steadyClock({
    wall: () => world.wall,
    elapsed: () => world.elapsed,
    floor: () => world.floor,
  });
  return { world, clock };
}

describe('steadyClock', () => {
  it('follows the clock of the machine, forward too', () => {
    const { world, clock } = made();
    expect(clock()).toBe(NOON);
    world.wall += HOUR_MS;
    expect(clock()).toBe(NOON + HOUR_MS);
  });

  it('goes on from where it was when that is set back', () => {
    const { world, clock } = made();
    clock();
    world.wall -= HOUR_MS;
    world.elapsed += 7.5;
    expect(clock()).toBe(NOON + 7);
    world.elapsed += 7.5;
    expect(clock()).toBe(NOON + 15);
  });

  it('is not before what was sealed, by whichever process', () => {
    const { world, clock } = made();
    world.floor = NOON + HOUR_MS;
    expect(clock()).toBe(NOON + HOUR_MS);
    world.floor = 0;
    world.elapsed += 1_000;
    expect(clock()).toBe(NOON + HOUR_MS + 1_000);
  });
});
