import { counterFaults, type CounterGap } from '#provenance';
import type { ShownAccess, TimelineRow } from './timeline-page.js';

/** Numbers of a person's sub-entries that are missing between two that are shown. */
export interface MissingNumbers extends CounterGap {
  readonly person: string;
}

/** Gathers the numbers that rows of a person's timeline show: they run without gaps, so that one that is missing shows. */
export class ShownNumbers {
  readonly #numbers = new Map<string, bigint[]>();

  add(row: TimelineRow): void {
    if ('altered' in row) return;
    for (const { person, subjectSeq } of row.access.subjects.flatMap(numberOf)) {
      const held = this.#numbers.get(person);
      if (held === undefined) this.#numbers.set(person, [subjectSeq]);
      else held.push(subjectSeq);
    }
  }

  /** What is missing after the first number that was shown of each person: a timeline may begin anywhere. */
  missing(): readonly MissingNumbers[] {
    return [...this.#numbers].flatMap(([person, numbers]) => {
      const before = numbers.reduce((least, each) => (each < least ? each : least)) - 1n;
      const { gaps } = counterFaults(numbers.map((each) => each - before));
      return gaps.map(({ from, to }) => ({ person, from: from + before, to: to + before }));
    });
  }
}

function numberOf(
  subject: ShownAccess['subjects'][number],
): readonly { readonly person: string; readonly subjectSeq: bigint }[] {
  if (subject.kind === 'erased' || subject.person === null || subject.subjectSeq === null) return [];
  return [{ person: subject.person, subjectSeq: BigInt(subject.subjectSeq) }];
}
