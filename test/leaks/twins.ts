import assert from 'node:assert/strict';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { type Answer, ask, type Question } from './ask.js';
import type { Caller } from './callers.js';
import type { Input } from './inputs.js';
import { System } from './system.js';

/** Questions that are under way at once. */
const AT_A_TIME = 4;

/** A difference between the answers of twins. */
export interface Difference {
  readonly question: Question;
  readonly a: Answer;
  readonly b: Answer;
}

/** Store A with everything, and store B to which nothing was told that the caller may not see. */
export class Twins {
  readonly a: System;
  readonly b: System;
  readonly caller: Caller;

  private constructor(a: System, b: System, caller: Caller) {
    this.a = a;
    this.b = b;
    this.caller = caller;
  }

  static async open(
    caller: Caller,
    inputs: readonly Input[],
    isShown: (input: Input) => boolean,
  ): Promise<Twins> {
    const [first, second] = [await openTestDatabase(), await openTestDatabase()];
    const a = await System.open(first, inputs);
    const b = await System.open(second, inputs.filter(isShown));
    await a.settle();
    await b.settle();
    return new Twins(a, b, caller);
  }

  async close(): Promise<void> {
    await this.a.close();
    await this.b.close();
  }

  /** Asks both. @throws where the answers are not alike in status, headers and body. */
  async ask(question: Question, caller = this.caller): Promise<Answer> {
    const [a, b] = await this.both(question, caller);
    assert.deepEqual({ question, ...a }, { question, ...b });
    return a;
  }

  /** Both at once, each for itself: while one waits for its database the other is judged. */
  both(question: Question, caller = this.caller): Promise<readonly [a: Answer, b: Answer]> {
    return Promise.all([ask(this.a, caller, question), ask(this.b, caller, question)]);
  }

  /** Asks both many things; what is not alike is collected, so that one failure does not hide the next. */
  async differences(questions: readonly Question[]): Promise<readonly Difference[]> {
    const found: Difference[] = [];
    for (let from = 0; from < questions.length; from += AT_A_TIME) {
      const some = questions.slice(from, from + AT_A_TIME);
      const answers = await Promise.all(some.map((question) => this.both(question)));
      for (const [at, question] of some.entries()) {
        const [a, b] = answers[at] ?? [];
        if (a === undefined || b === undefined) throw new Error('a question was not answered');
        if (JSON.stringify(a) !== JSON.stringify(b)) found.push({ question, a, b });
      }
    }
    return found;
  }
}
