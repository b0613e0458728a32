import { z } from 'zod';
import type { JsonObject } from '#digest';
import { json, type Answer } from './answer.js';
import { Fault } from './fault.js';
import type { Northside } from './northside.js';

const Resource = z.looseObject({ resourceType: z.string().min(1), id: z.string().min(1) });
const Faults = z.array(Fault).max(20);
const Rate = z.object({ perMinute: z.number().int().min(1) });

/** The control endpoint's verbs: it tells Northside to misbehave, and changes its records. */
export class Admin {
  readonly #northside: Northside;

  constructor(northside: Northside) {
    this.#northside = northside;
  }

  setFaults(body: unknown): Answer {
    return accept(Faults, body, (faults) => {
      this.#northside.faults.set(faults);
    });
  }

  listFaults(): Answer {
    return json(200, this.#northside.faults.list());
  }

  setRate(body: unknown): Answer {
    return accept(Rate, body, ({ perMinute }) => {
      this.#northside.rate.change(perMinute);
    });
  }

  /** Numbers in the body are read as JavaScript reads them. */
  put(body: unknown): Answer {
    return accept(Resource, body, (resource) => {
      this.#northside.store.put(z.custom<JsonObject>().parse(resource));
    });
  }

  remove(type: string, id: string): Answer {
    return json(this.#northside.store.remove(type, id) ? 200 : 404, {});
  }

  dropTokens(): Answer {
    this.#northside.authority.dropTokens();
    return json(200, {});
  }

  visits(): Answer {
    return json(200, this.#northside.visits);
  }

  forgetVisits(): Answer {
    this.#northside.visits.length = 0;
    return json(200, {});
  }
}

function accept<T>(schema: z.ZodType<T>, body: unknown, change: (value: T) => void): Answer {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    return json(400, { error: z.prettifyError(parsed.error) });
  }
  change(parsed.data);
  return json(200, {});
}
