import type { ReadyFile } from '../../apps/standalone/src/ready.js';
import { MllpLink } from '../../apps/demo-ehr/src/lakeview/mllp-link.js';
import { orderSegments } from '../../apps/demo-ehr/src/lakeview/order.js';
import { pid } from '../../apps/demo-ehr/src/lakeview/person.js';
import { letter } from '../../apps/demo-ehr/src/lakeview/segments.js';
import type { Letter } from '../../apps/demo-ehr/src/lakeview/letter.js';

const PEOPLE = 6;
const MINUTES_A_DAY = 1_440;

/** Senders that send without a pause: each its next message as soon as the one before is answered, until told to stop. */
export class V2Load {
  /** Control ids that were answered AA. */
  readonly acknowledged = new Set<string>();
  /** Control ids that were answered with anything else that is final. */
  readonly refused: string[] = [];
  readonly #links: readonly MllpLink[];
  #made = 0;
  #isStopping = false;

  constructor({ host, port }: NonNullable<ReadyFile['mllp']>, connections: number) {
    this.#links = Array.from({ length: connections }, () => {
      const link: MllpLink = new MllpLink({
        host,
        port,
        settled: ({ controlId }, { code }) => {
          if (code === 'AA') this.acknowledged.add(controlId);
          else this.refused.push(`${controlId} ${code}`);
          if (!this.#isStopping) link.post(this.#next());
        },
      });
      return link;
    });
  }

  start(): void {
    for (const link of this.#links) {
      link.post(this.#next());
      link.up();
    }
  }

  /** Sends nothing new; what is on its way goes on. */
  stop(): void {
    this.#isStopping = true;
  }

  /** Hangs up at once. */
  end(): void {
    this.#isStopping = true;
    for (const link of this.#links) link.down();
  }

  /** How many messages were made, and how many wait for their answer. */
  get made(): number {
    return this.#made;
  }

  get waiting(): number {
    return this.#links.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  #next(): Letter {
    this.#made += 1;
    return resultLetter(this.#made);
  }
}

/** A result of one of a few people: a new order, a new Observation. */
export function resultLetter(serial: number, people = PEOPLE): Letter {
  const at = minute(serial);
  const number = serial % people;
  const person = { mrn: `LK-7${number}`, name: `LOADWRIGHT^NO${number}`, born: '19800101', sex: 'U' };
  return letter({ type: 'ORU^R01^ORU_R01', controlId: `LOAD${serial}`, at }, [
    pid(person),
    ...orderSegments(
      {
        filler: `LOAD-${serial}`,
        placer: `P-${serial}`,
        code: ['CBC', 'Blood count'],
        at,
        reported: at,
        section: 'HM',
        results: [
          {
            kind: 'NM',
            code: ['HGB', 'Hemoglobin'],
            loinc: ['718-7', 'Hemoglobin [Mass/volume] in Blood'],
            value: `${10 + (serial % 5)}.${serial % 10}`,
            unit: 'g/dL^^UCUM',
            range: '12.0-15.5',
          },
        ],
      },
      1,
    ),
  ]);
}

/** Later for later serials, so that nothing is late. */
function minute(serial: number): string {
  const day = String(1 + (Math.floor(serial / MINUTES_A_DAY) % 28)).padStart(2, '0');
  const hour = String(Math.floor(serial / 60) % 24).padStart(2, '0');
  return `202506${day}${hour}${String(serial % 60).padStart(2, '0')}00`;
}
