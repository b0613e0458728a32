import type { ReadyFile } from './ready.js';

/** What `npm start` prints: what is running, and lines that work when pasted. */
export function greeting(ready: ReadyFile, dataDir: string): string {
  const [person] = ready.people;
  const patient = person?.patient ?? 'PATIENT';
  const subject = person?.subjects[0] ?? 'SUBJECT';
  const data = dataDir === 'data' ? '' : ` --data ${dataDir}`;
  return `
Proviso is running.

  FHIR API     ${ready.fhirBase}
  tokens       ${ready.tokenUrl}
  chain        ${ready.chain.rpcUrl} (id ${ready.chain.id})
  log          ${ready.log.origin}
  for programs ${dataDir}/ready.json

Try it:

  curl -s ${ready.fhirBase}/metadata
  TOKEN=$(npx proviso${data} token --client demo-app)
  curl -si -H "Authorization: Bearer $TOKEN" "${ready.fhirBase}/Observation?patient=${patient}"
  npx proviso${data} grant --person ${patient} --subject ${subject} --to-client demo-app --classes Observation,Patient --purpose TREAT --for 1h --out ${dataDir}/grant.json --wait
  curl -si -H "Authorization: Bearer $TOKEN" "${ready.fhirBase}/Observation?patient=${patient}"
  npx proviso${data} revoke --person ${patient} --grant ${dataDir}/grant.json

`;
}
