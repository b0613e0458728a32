/** The thread that converts messages: see `ConversionThread`. Imports doors only, so that it runs from its source as well. */
import { parentPort, workerData } from 'node:worker_threads';
import { hasDecimal, writeJson } from '#digest';
import { validateResource } from '#fhir';
import { normaliseV2, type SenderProfile, type V2Normalised } from '#normalize';
import type {
  CarriedResource,
  ConversionNews,
  ConversionReply,
  ConversionRequest,
} from './conversion-thread.js';

const senders: ReadonlyMap<string, SenderProfile> = workerData;

const say = (news: ConversionNews): void => parentPort?.postMessage(news, []);

parentPort?.on('message', (request: ConversionRequest) => say(replyTo(request)));
say({ kind: 'ready' });

function replyTo({ id, bytes, source }: ConversionRequest): ConversionReply {
  try {
    const sender = senders.get(source);
    if (sender === undefined) throw new Error('no such source');
    const { resources, ...normalised } = normaliseV2(bytes, { sender, validate: validateResource });
    return { id, kind: 'done', normalised, resources: resources.map(carried) };
  } catch (cause) {
    return { id, kind: 'failed', cause };
  }
}

function carried({ resource, ...one }: V2Normalised['resources'][number]): CarriedResource {
  return hasDecimal(resource) ? { ...one, text: writeJson(resource) } : { ...one, plain: resource };
}
