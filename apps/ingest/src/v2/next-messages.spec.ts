import fc from 'fast-check';
import type { WaitingMessage } from '#store';
import { nextMessages } from './next-messages.js';

const message = (id: string, ...keys: readonly string[]): WaitingMessage => ({
  id,
  source: 's',
  receivedMs: 0,
  keys,
});

describe('nextMessages', () => {
  it('gives the oldest, and none before an earlier one of the same patient', () => {
    const waiting = [
      message('1', 'a'),
      message('2', 'a'),
      message('3', 'b'),
      message('4'),
      message('5', 'b', 'c'),
    ];
    const idsOf = (limit: number, running: readonly WaitingMessage[] = []) =>
      nextMessages(waiting, running, limit).map(({ id }) => id);
    expect(idsOf(10)).toEqual(['1', '3', '4']);
    expect(idsOf(2)).toEqual(['1', '3']);
    expect(idsOf(10, [message('0', 'a')])).toEqual(['3', '4']);
    expect(idsOf(10, [message('0', 'c')])).toEqual(['1', '3', '4']);
  });

  it('keeps the order through a merge of two patients, which is of both', () => {
    const waiting = [message('1', 'a'), message('2', 'a', 'b'), message('3', 'b')];
    expect(nextMessages(waiting, [], 10).map(({ id }) => id)).toEqual(['1']);
    expect(nextMessages(waiting.slice(1), [], 10).map(({ id }) => id)).toEqual(['2']);
  });

  it('never has two of a patient under way, ends, and keeps every patient in order, whatever ends first', () => {
    const keys = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 2 });
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 30 }), fc.infiniteStream(fc.nat(15)), (all, ends) => {
        let waiting = all.map((each, at) => message(String(at), ...each));
        let running: WaitingMessage[] = [];
        const done: WaitingMessage[] = [];
        while (waiting.length > 0 || running.length > 0) {
          const next = nextMessages(waiting, running, 4 - running.length);
          running = [...running, ...next];
          waiting = waiting.filter((each) => !next.includes(each));
          const held = running.flatMap((each) => each.keys);
          expect(new Set(held).size).toBe(held.length);
          const [ended] = running.splice(ends.next().value % running.length, 1);
          if (ended !== undefined) done.push(ended);
        }
        for (const key of ['a', 'b', 'c', 'd']) {
          const order = done.filter((each) => each.keys.includes(key)).map(({ id }) => Number(id));
          expect(order).toEqual(order.toSorted((x, y) => x - y));
        }
      }),
    );
  });
});
