// The programs that run in the container of an ephemeral session, as texts for `sh`. Pure.
//
//   watcher   the container's main process, in place of the app. When it ends, the container and its task end.
//   beat      the first session of ExecuteCommand: proves that the watcher runs, then copies each line that Culvert sends into a file.
//   wrapper   the second one: registers itself at the watcher and runs the person's command.
//
// They meet in a folder that the watcher makes: nonce (its proof), shell (process id and start time of the wrapper), beat (the newest line)
// and status (of the person's command). The watcher may run as any user and the other two run as root, so the watcher makes every file that
// it reads. All three are POSIX and run under dash, busybox ash and bash. A single quote appears in no text, because ExecuteCommand splits a
// command into words as a shell does and runs it without one.
// Source: amazon-ssm-agent agent/session/shell/shell_unix.go (shlex in container mode); proc(5): field 22 of /proc/PID/stat.

/** The spans of the watcher, in seconds. */
export interface WatcherSpans {
  /** Until a wrapper has registered itself. */
  readonly firstSeconds: number
  /** The greatest age of the newest beat. */
  readonly leaseSeconds: number
  /** From the start of the container, whether it is used or not. */
  readonly ttlSeconds: number
}

/** The exit code of a watcher that no job has given one. */
export const WATCHER_EXIT = {
  /** Its folder could be made nowhere, or there is no `sleep`. */
  unable: 73,
  /** No session came, the beat stopped or the time was over. */
  over: 124,
  /** The wrapper was killed. */
  killed: 129,
  /** SIGTERM: StopTask. */
  term: 143,
} as const

/**
 * How long the container outlives its session, unless StopTask comes. The agent goes with the container, and reads what a shell has printed
 * only a second after the shell's start: without this time the output of a short job is lost.
 * Source: amazon-ssm-agent agent/session/shell/shell.go, which waits a second before it reads.
 */
const LINGER_SECONDS = 15
const FOLDERS = '/tmp /dev/shm /var/tmp'
const NONCE = /^[0-9a-f]{32}$/

/**
 * The watcher. Time is the larger of the seconds slept and the growth of /proc/uptime: neither follows the clock of the computer. A sleep in
 * the background lets SIGTERM end the watcher at once, because a shell runs a trap only between commands. It then has the status of a
 * command that has ended. `kill -0` is used only where there is no /proc: it fails for a process of another user.
 */
export function watcherScript(nonce: string, { firstSeconds, leaseSeconds, ttlSeconds }: WatcherSpans): string {
  const { unable, over, killed, term } = WATCHER_EXIT
  return `n=${checked(nonce)} w=${whole(firstSeconds)} l=${whole(leaseSeconds)} t=${whole(ttlSeconds)} k=0 a=0 d= b= p= s= f= o= g=
exec 2>/dev/null
end() { trap "" TERM INT HUP; echo "culvert: $1"; [ "$d" ] && rm -rf "$d"; exit "$2"; }
last() {
  v=
  [ "$d" ] && read -r v <"$d/status" && [ "$v" ] && end "the session has ended" "$v"
  [ "$g" ] && end "the session was ended" ${killed}
}
trap "last; end stopped ${term}" TERM INT HUP
for x in ${FOLDERS}; do
  if (umask 077; mkdir "$x/.culvert-$n"); then
    y=$x/.culvert-$n
    if : >"$y/beat" && : >"$y/shell" && : >"$y/status" && echo "$n" >"$y/nonce"; then d=$y; break; fi
    rm -rf "$y"
  fi
done
[ "$d" ] || end "no folder can be written to: ${FOLDERS}" ${unable}
lives() {
  if [ "$s" = - ]; then kill -0 "$p"; return; fi
  v=
  read -r v <"/proc/$p/stat" || return 1
  set -- \${v##*) }
  [ "\${20}" = "$s" ] && [ "$1" != Z ] && [ "$1" != X ]
}
while :; do
  if read -r u v </proc/uptime; then
    u=\${u%%.*}
    [ "$o" ] || o=$u
    [ $((u - o)) -gt "$k" ] && k=$((u - o))
  fi
  if [ -z "$p" ] && read -r x y v <"$d/shell" && [ "$v" ]; then p=$x s=$y f=$v; fi
  [ "$p" ] && [ -z "$g" ] && { lives || g=$k; }
  if read -r v <"$d/beat" && [ "$v" ] && [ "$v" != "$b" ]; then b=$v a=$k; fi
  if [ "$g" ]; then [ $((k - g)) -ge ${LINGER_SECONDS} ] && last
  elif [ -z "$p" ] && [ "$k" -ge "$w" ]; then end "no session came" ${over}
  elif [ "$b" ] && [ "$f" != alone ] && [ $((k - a)) -ge "$l" ]; then end "the connection is gone" ${over}
  elif [ "$k" -ge "$t" ]; then end "its time is over" ${over}; fi
  sleep 1 &
  wait "$!"
  v=$?
  [ "$v" -eq 126 ] || [ "$v" -eq 127 ] && end "there is no sleep" ${unable}
  k=$((k + 1))
done`
}

/**
 * The command override that runs the watcher. An entry point of the form `sh -c` takes one text as its program, any other one a program and
 * its arguments. The image's own entry point is not known: `entryPoint` is that of the task definition.
 */
export function watcherCommand(script: string, entryPoint: readonly string[] = []): readonly string[] {
  const [shell = '', flag = '', ...more] = entryPoint
  const takesText = more.length === 0 && /(^|\/)(ba|da|a)?sh$/.test(shell) && /^-[a-z]*c$/.test(flag)
  return takesText ? [script] : ['sh', '-c', script]
}

/** The line by which beat and wrapper tell whether they have found the watcher's folder within `proofSeconds`. */
export function proofLine(nonce: string, isFound: boolean): string {
  return `culvert-${checked(nonce)}:${isFound ? 'ok' : 'none'}`
}

/** The command of the beat's session. Every line that is typed into it is a beat. */
export function beatCommand(nonce: string, proofSeconds: number): string {
  return program(`${find(nonce, proofSeconds)}
while read -r l; do echo "$l" >"$d/beat"; done`)
}

/**
 * The command of the person's session: tells the watcher who it is, runs `command` by `sh` and leaves its status. `isAlone`: no beat is
 * carried, so the watcher must not wait for one. The wrapper survives Ctrl-C, which the terminal sends to it too, to leave the status.
 */
export function wrapperCommand(
  nonce: string,
  {
    command,
    isAlone,
    proofSeconds,
  }: { readonly command: string; readonly isAlone: boolean; readonly proofSeconds: number },
): string {
  const text = `c=$1
${find(nonce, proofSeconds)}
s=-
if read -r v 2>/dev/null </proc/$$/stat; then set -- \${v##*) }; s=\${20}; fi
trap : INT QUIT
echo "$$ $s ${isAlone ? 'alone' : 'together'}" >"$d/shell"
sh -c "$c"
v=$?
echo "$v" >"$d/status"
exit "$v"`
  return `${program(text)} culvert ${quoteWord(command)}`
}

/** Quotes a text as one word of a POSIX shell. `{{` is written in two pieces: Systems Manager would take it for one of its parameters. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`).replace(/\{(?=\{)/g, "{''")}'`
}

function program(text: string): string {
  return `sh -c ${quoteWord(text)}`
}

/** Finds the watcher's folder, for which it waits, and tells of it. */
function find(nonce: string, proofSeconds: number): string {
  return `d= i=0
while :; do
for x in ${FOLDERS}; do [ -f "$x/.culvert-${checked(nonce)}/nonce" ] && d=$x/.culvert-${nonce} && break; done
[ "$d" ] && break
[ "$i" -ge ${whole(proofSeconds)} ] && echo ${proofLine(nonce, false)} && exit 1
i=$((i + 1))
sleep 1
done
echo ${proofLine(nonce, true)}`
}

function whole(seconds: number): number {
  return Math.max(1, Math.ceil(seconds))
}

function checked(nonce: string): string {
  if (!NONCE.test(nonce)) throw new Error('a nonce has 32 hexadecimal digits')
  return nonce
}
