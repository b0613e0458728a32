import { SourceHealth } from './source-health.js';

describe('SourceHealth', () => {
  it('names the sources that failed when they were last asked, in order', () => {
    const health = new SourceHealth();
    health.note('south', { kind: 'failed' });
    health.note('north', { kind: 'failed' });
    health.note('east', { kind: 'refreshed' });
    expect(health.down()).toEqual(['north', 'south']);
  });

  it('forgets a failure once the source answered', () => {
    const health = new SourceHealth();
    health.note('north', { kind: 'failed' });
    health.note('north', { kind: 'refreshed' });
    expect(health.down()).toEqual([]);
  });

  it('learns nothing from a copy that was fresh, since nobody was asked', () => {
    const health = new SourceHealth();
    health.note('north', { kind: 'failed' });
    health.note('north', { kind: 'fresh' });
    expect(health.down()).toEqual(['north']);
  });
});
