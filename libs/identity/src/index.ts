export { featuresOf, type PatientFeatures } from './features.js';
export { samePerson, type PersonMatch } from './same-person.js';
