export { featuresOf, type PatientFeatures } from './features.js';
export { samePerson, speaksAgainst, type PersonMatch } from './same-person.js';
export { regroup, type Member, type Ties } from './regroup.js';
