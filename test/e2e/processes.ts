import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process, told apart from a later one with the same id. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly command: string;
}

/** All processes of this machine that still run; zombies do not. Linux only, as the embedded parts are. */
export function processes(): readonly Process[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .flatMap((pid) => processOf(pid) ?? []);
}

/** A process and everything that it started, at any depth. */
export function familyOf(pid: number): readonly Process[] {
  const all = processes();
  const family = all.filter((each) => each.pid === pid);
  for (const member of family) family.push(...all.filter((each) => each.parent === member.pid));
  return family;
}

/** Those of the given processes that still run. */
export function survivors(of: readonly Process[]): readonly Process[] {
  return of.filter(({ pid, started }) => processOf(pid)?.started === started);
}

/** Processes that work on a folder: it is on their command line, in their environment, or they stand in it. */
export function processesOn(folder: string): readonly Process[] {
  return processes().filter(
    ({ pid, command }) =>
      pid !== process.pid &&
      (command.includes(folder) ||
        fileOf(pid, 'environ').includes(`=${folder}\0`) ||
        linkOf(pid, 'cwd').startsWith(`${folder}/`)),
  );
}

/** Ends a process at once. One that is gone already is no fault. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended in between
  }
}

function processOf(pid: number): Process | undefined {
  const stat = fileOf(pid, 'stat');
  // the second field is a name in brackets, which may hold anything
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = rest[17];
  if (state === undefined || state === 'Z' || state === 'X' || started === undefined) return undefined;
  return { pid, parent: Number(parent), started, command: fileOf(pid, 'cmdline').replaceAll('\0', ' ') };
}

function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return '';
  }
}
