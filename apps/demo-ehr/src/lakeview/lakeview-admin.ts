import { z } from 'zod';
import { json, type Answer } from '../answer.js';
import { Correction } from './correction.js';
import type { Lakeview, Posted } from './lakeview.js';
import type { Letter } from './letter.js';
import { Merge } from './merge.js';

const ANSWER_MS = 10_000;
const Again = z.object({ controlId: z.string().optional() });
const Link = z.object({ up: z.boolean() });

/** The control endpoint's verbs: what Lakeview is to send, and whether it is there at all. */
export class LakeviewAdmin {
  readonly #lakeview: Lakeview;

  constructor(lakeview: Lakeview) {
    this.#lakeview = lakeview;
  }

  status(): Answer {
    return json(200, this.#lakeview.status);
  }

  posted(): Answer {
    return json(200, this.#lakeview.posted.map(shown));
  }

  setLink(body: unknown): Answer {
    return accepted(Link, body, ({ up }) => {
      if (up) this.#lakeview.up();
      else this.#lakeview.down();
      return json(200, this.#lakeview.status);
    });
  }

  correct(body: unknown): Answer | Promise<Answer> {
    return accepted(Correction, body, (wish) => this.#answerTo(this.#lakeview.correct(wish)));
  }

  merge(body: unknown): Answer | Promise<Answer> {
    return accepted(Merge, body ?? {}, (wish) => this.#answerTo(this.#lakeview.merge(wish)));
  }

  again(body: unknown): Answer | Promise<Answer> {
    return accepted(Again, body ?? {}, ({ controlId }) => {
      const letter = this.#lakeview.again(controlId);
      return letter === undefined ? json(404, {}) : this.#answerTo(letter);
    });
  }

  /** Lines may end in LF or CRLF too: somebody may have typed them. */
  raw(body: unknown): Answer | Promise<Answer> {
    if (!(body instanceof Uint8Array)) return json(400, { error: 'a message is wanted, as text' });
    const typed = Buffer.from(body).toString('latin1').replaceAll(/\r?\n/g, '\r');
    return this.#answerTo(this.#lakeview.raw(Buffer.from(typed, 'latin1')));
  }

  /** 200 with the acknowledgement; 202 where it still waits. */
  async #answerTo(letter: Letter): Promise<Answer> {
    const answer = await this.#lakeview.answerTo(letter, ANSWER_MS);
    return answer === undefined ? json(202, shown({ letter })) : json(200, shown({ letter, answer }));
  }
}

/** A letter as it is told: its bytes as text, and the answer. */
function shown({ letter: { controlId, type, bytes }, answer }: Posted) {
  const message = Buffer.from(bytes).toString('latin1');
  return { controlId, type, message, code: answer?.code ?? null, answer: answer?.text ?? null };
}

function accepted<T, A extends Answer | Promise<Answer>>(
  schema: z.ZodType<T>,
  body: unknown,
  act: (value: T) => A,
): A | Answer {
  const parsed = schema.safeParse(body);
  return parsed.success ? act(parsed.data) : json(400, { error: z.prettifyError(parsed.error) });
}
