import { z } from 'zod';
import { expectThat, get, mustProviso, type World } from '../world.js';
import { outcomeCode, receiptIndex } from '../reading.js';

const openedSchema = z.object({ op: z.object({ outcome: z.string(), interaction: z.string() }) });

/** 1. An app without a grant asks: refused as the table says, and the refusal is sealed. */
export async function refused(world: World, patient: string): Promise<string> {
  const heard = await get(world, 'demo-app', `/Observation?patient=${patient}`);
  expectThat(heard.status === 403, `expected 403, heard ${heard.status}`);
  expectThat(outcomeCode(heard.body) === 'consent-denied', 'the outcome is not consent-denied');
  const index = receiptIndex(heard.receipt);
  const opened = openedSchema.parse(
    JSON.parse(await mustProviso(world, 'receipt', '--index', index, '--client', 'demo-app', '--opened')),
  );
  expectThat(opened.op.outcome === 'consent-denied', `the record says ${opened.op.outcome}`);
  return `403 consent-denied; record ${index} says the same`;
}
