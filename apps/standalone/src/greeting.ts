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
${listener(ready)}  chain        ${ready.chain.rpcUrl} (id ${ready.chain.id})
  log          ${ready.log.origin}
  for programs ${dataDir}/ready.json

Try it:

  curl -s ${ready.fhirBase}/metadata
  TOKEN=$(npx proviso${data} token --client demo-app)
  curl -si -H "Authorization: Bearer $TOKEN" "${ready.fhirBase}/Observation?patient=${patient}"
  npx proviso${data} grant --person ${patient} --subject ${subject} --to-client demo-app --classes Observation,Patient --purpose TREAT --for 1h --out ${dataDir}/grant.json --wait
  curl -si -H "Authorization: Bearer $TOKEN" "${ready.fhirBase}/Observation?patient=${patient}"
  npx proviso${data} revoke --person ${patient} --grant ${dataDir}/grant.json
${sending(ready)}
`;
}

function listener({ mllp }: ReadyFile): string {
  return mllp === undefined
    ? ''
    : `  HL7 v2       mllp://${mllp.host}:${mllp.port}${mllp.tls ? ' (TLS)' : ''}\n`;
}

/** A line that sends a message as Lakeview would, and prints the answer. Whoever speaks TLS has a sender already. */
function sending({ mllp }: ReadyFile): string {
  if (mllp === undefined || mllp.tls) return '';
  const segments = [
    'MSH|^~\\\\&|LAKEVIEW_HIS|LAKEVIEW|||20260101120000||ADT^A28|TRY-1|P|2.5.1',
    'EVN||20260101120000',
    'PID|1||LK-1^^^LAKEVIEW^MR||TRYALONG^TESSA||19700101|F',
    'PV1|1|N',
  ];
  const write = `s.write("\\x0b${segments.join('\\r')}\\r\\x1c\\r")`;
  const hear = `s.on("data",d=>{console.log(String(d).split("\\r").join("\\n"));s.end()})`;
  return `  node -e 'const s=require("net").connect(${mllp.port},"${mllp.host}",()=>${write});${hear}'\n`;
}
