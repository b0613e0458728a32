export { ERRORS, type ErrorCode } from './codes.js';
export { GatewayError, type GatewayErrorOptions } from './gateway-error.js';
export { outcomeOf, outcomeOfError, type OperationOutcome } from './operation-outcome.js';
