import { ShownNumbers } from './missing-numbers.js';
import type { TimelineRow } from './timeline-page.js';

function row(...shown: readonly (readonly [person: string, number: number])[]): TimelineRow {
  const subjects = shown.map(([person, number]) => ({
    kind: 'shown' as const,
    person,
    subjectSeq: String(number),
    effect: 'permit',
    code: null,
    basis: [],
    resources: [],
  }));
  const access = { index: '1', time: null, interaction: null, outcome: null, actor: null, subjects };
  return { access, others: 0, receipt: {} };
}

function missingOf(...rows: readonly TimelineRow[]) {
  const numbers = new ShownNumbers();
  for (const each of rows) numbers.add(each);
  return numbers.missing();
}

describe('ShownNumbers', () => {
  it('misses nothing where each person’s numbers run on, wherever they begin', () => {
    expect(missingOf(row(['anna', 7]), row(['bert', 1], ['anna', 6]), row(['anna', 5]))).toEqual([]);
    expect(missingOf()).toEqual([]);
  });

  it('names what is missing between two that are shown', () => {
    expect(missingOf(row(['anna', 9]), row(['bert', 2]), row(['anna', 5]), row(['bert', 4]))).toEqual([
      { person: 'anna', from: 6n, to: 8n },
      { person: 'bert', from: 3n, to: 3n },
    ]);
  });

  it('counts neither erased nor altered records', () => {
    const erased = row();
    expect(missingOf(row(['anna', 3]), erased, { altered: '4' }, row(['anna', 2]))).toEqual([]);
    expect(missingOf(row(['anna', 3]), { altered: '4' }, row(['anna', 1]))).toEqual([
      { person: 'anna', from: 2n, to: 2n },
    ]);
  });
});
