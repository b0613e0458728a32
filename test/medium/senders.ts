import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PREPARE_MS = 240_000;

/** A program of somebody else's that sends messages; or why there is none here. */
export type Foreign =
  | { readonly kind: 'ready'; readonly program: string; readonly args: readonly string[] }
  | { readonly kind: 'missing'; readonly why: string };

/** `mllp_send` of PyPI's hl7, in a virtual environment below `folder`. */
export function pythonSender(folder: string): Foreign {
  const place = join(folder, 'python');
  const why =
    failure('python3', ['-m', 'venv', place]) ??
    failure(join(place, 'bin/pip'), ['install', '--quiet', 'hl7==0.4.5']);
  if (why !== undefined) return { kind: 'missing', why };
  return { kind: 'ready', program: join(place, 'bin/mllp_send'), args: ['--loose'] };
}

/** A client of HAPI HL7v2, from Maven, with a main of a few lines: host, port, how many messages. */
export function javaSender(folder: string): Foreign {
  const place = join(folder, 'java');
  mkdirSync(place);
  writeFileSync(join(place, 'pom.xml'), POM);
  writeFileSync(join(place, 'Sender.java'), MAIN);
  const copy = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  const why =
    failure('javac', ['-version']) ??
    failure('mvn', [...copy, '-f', join(place, 'pom.xml'), `-DoutputDirectory=${join(place, 'libs')}`]);
  if (why !== undefined) return { kind: 'missing', why };
  return {
    kind: 'ready',
    program: 'java',
    args: ['-cp', join(place, 'libs', '*'), join(place, 'Sender.java')],
  };
}

/** Why a program cannot be run, or what it failed with; `undefined` where it did its work. */
function failure(program: string, args: readonly string[]): string | undefined {
  const { error, status, stderr, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: PREPARE_MS,
  });
  if (error !== undefined) return `${program}: ${error.message}`;
  const said = (stderr || stdout).trim().split('\n').at(-1) ?? '';
  return status === 0 ? undefined : `${program} ended with ${String(status)}: ${said}`;
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>sender</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>ca.uhn.hapi</groupId><artifactId>hapi-base</artifactId><version>2.6.0</version></dependency>
    <dependency><groupId>ca.uhn.hapi</groupId><artifactId>hapi-structures-v251</artifactId><version>2.6.0</version></dependency>
  </dependencies>
</project>
`;

/** Parses each message by HAPI's own parser, sends it, and prints MSA-1 and MSA-2 of the answer as HAPI reads it. */
const MAIN = `import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.app.Connection;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.util.Terser;

public class Sender {
  public static void main(String[] args) throws Exception {
    try (HapiContext context = new DefaultHapiContext()) {
      Connection connection = context.newClient(args[0], Integer.parseInt(args[1]), false);
      for (int at = 0; at < Integer.parseInt(args[2]); at++) {
        String text = "MSH|^~\\\\&|LAKEVIEW_HIS|LAKEVIEW|||20250701080000||ADT^A28^ADT_A05|HAPI" + at + "|P|2.5.1\\r"
            + "EVN||20250701080000\\rPID|1||LK-9" + at + "^^^LAKEVIEW^MR||HAPSBURY^NO" + at + "||19700101|F\\rPV1|1|N\\r";
        Message message = context.getPipeParser().parse(text);
        Message answer = connection.getInitiator().sendAndReceive(message);
        Terser terser = new Terser(answer);
        System.out.println(terser.get("/MSA-1") + " " + terser.get("/MSA-2"));
      }
      connection.close();
    }
    System.exit(0);
  }
}
`;
