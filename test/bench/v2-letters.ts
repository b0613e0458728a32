import type { Letter } from '../../apps/demo-ehr/src/lakeview/letter.js';
import { orderSegments } from '../../apps/demo-ehr/src/lakeview/order.js';
import { MARIGOLDS_ORDERS } from '../../apps/demo-ehr/src/lakeview/people/marigold.js';
import { pid, type Person } from '../../apps/demo-ehr/src/lakeview/person.js';
import { letter, segment } from '../../apps/demo-ehr/src/lakeview/segments.js';

/** Every so many messages one is about the patient alone. */
const ADT_EVERY = 4;
const AT = '20250603101500';

/**
 * Messages as Lakeview sends them, over people of the benchmark's own: three in four are reports with two orders and four
 * results, the others change a patient. `run` makes their numbers differ from those of other runs.
 */
export function benchLetters(run: string, count: number, people: number): readonly Letter[] {
  return Array.from({ length: count }, (_, at) => {
    const controlId = `${run}${at}`;
    const person = personOf(at % people);
    return at % ADT_EVERY === 0 ? change(person, controlId) : report(person, controlId);
  });
}

function personOf(number: number): Person {
  const more = { 11: `${number} Sample Row^^Lakeham^^00000^XZ^H`, 13: '^PRN^PH^^^555^0100142' };
  return { mrn: `LK-8${number}`, name: `BENCHWELL^NO${number}`, born: '19700101', sex: 'U', more };
}

function change(person: Person, controlId: string): Letter {
  return letter({ type: 'ADT^A08^ADT_A01', controlId, at: AT }, [
    segment('EVN', { 1: 'A08', 2: AT }),
    pid(person, { 11: `${controlId} Sample Row^^Lakeham^^00000^XZ^H` }),
    segment('PV1', { 1: '1', 2: 'O', 3: 'LAB^^^LAKEVIEW', 19: `V-${controlId}`, 44: AT }),
  ]);
}

function report(person: Person, controlId: string): Letter {
  const orders = MARIGOLDS_ORDERS.map((order, at) => ({
    ...order,
    filler: `${controlId}-${at}`,
    placer: `P${controlId}-${at}`,
  }));
  return letter({ type: 'ORU^R01^ORU_R01', controlId, at: AT }, [
    pid(person),
    ...orders.flatMap((order, at) => orderSegments(order, at + 1)),
  ]);
}
