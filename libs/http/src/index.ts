export { createFastify, type HttpOptions, type Mount } from './create-fastify.js';
export { errorFields, type ErrorFields } from './error-fields.js';
export { gatewayErrorOf } from './gateway-error-of.js';
export { logOutput, type LogOutputOptions } from './log-output.js';
export { createLogger, nestLogger } from './logger.js';
export { createMetrics } from './metrics.js';
export { OperationsModule } from './operations.module.js';
export { OutcomeFilter } from './outcome.filter.js';
export { type PartsProbe, type PartState, type Readiness } from './parts-probe.js';
export { renderError, type RenderedError } from './render-error.js';
export { requestIdOf, uuidV7 } from './request-id.js';
export { Admission } from './pipeline/admission.js';
export { answerSealed } from './pipeline/answer-sealed.js';
export { answerUnsealed } from './pipeline/answer-unsealed.js';
export { identified } from './pipeline/identified.js';
export { incomingOf, type Incoming } from './pipeline/incoming.js';
export { inputOf } from './pipeline/input-of.js';
export { operate, type Operation, type Outcome } from './pipeline/operation.js';
export type { PipelineParts, RequestIncident, StorageFault } from './pipeline/pipeline-parts.js';
export {
  actorOf,
  opOf,
  recordOfRefusal,
  refusedSubject,
  requestOf,
  type NamedPerson,
} from './pipeline/record-heads.js';
export { renderJson } from './pipeline/render-json.js';
export { respond, respondStream, respondUnsealed, UNSEALED, type UnsealedRoute } from './pipeline/respond.js';
export { sealAnswer } from './pipeline/seal-answer.js';
export { sealRefusal } from './pipeline/seal-refusal.js';
export type { Rendered, Sealable, SealedAnswer, Served, ServedStream } from './pipeline/served.js';
