// The folder that stands for the filesystem of a container: its shells, its programs, a place for temporary files.
//
//   bin/    sh, bash, ash as the image has them; app and entry points; date and sleep where the clock is scaled
//   tmp/    TMPDIR, for every user    root/   HOME
//
// A container of the Demo has no filesystem of its own: an absolute path is one of this computer. `sh` and `/bin/sh` are looked up in
// bin/, so that an image decides which shell it has.

import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BASH_PATHS, isProgram } from '../../shells/programs'
import { APP, DEAF_ENTRY, RUNNING_ENTRY, type Image, type ImageShell } from './images'

const DASH = ['/usr/bin/dash', '/bin/dash']
const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox']
const ANY = ['/bin/sh']

// The shells of an image by name, and the programs of this computer that may stand for them, best first.
const SHELLS: Readonly<Record<ImageShell, Readonly<Record<string, readonly string[]>>>> = {
  dash: { sh: [...DASH, ...ANY], dash: DASH, bash: BASH_PATHS },
  bash: { sh: [...BASH_PATHS, ...ANY], bash: BASH_PATHS },
  ash: { sh: [...BUSYBOX, ...ANY], ash: BUSYBOX },
  none: {},
}
const SHELL_WORD = /^(?:(?:\/usr)?\/bin\/)?(sh|ash|dash|bash)$/

/** The programs that an image without a shell has. */
const BARE_PROGRAMS: Readonly<Record<string, string>> = { app: '/bin/sleep' }
/** The arguments of such an app: it sleeps for as long as `sleep` can be told on every system. */
export const BARE_ARGUMENTS = ['2147483647']

/** How a scaled clock runs: real ms of a minute in the container. */
export interface ScaledClock {
  readonly minuteMs: number
}

// A program that ends at SIGTERM, as PID 1 does only where it has a handler for it.
const appText = (shell: string): string => `#!${shell}
trap 'exit 0' TERM
while :; do
  /bin/sleep 3600 &
  wait $!
done
`
const runningText = (shell: string): string => `#!${shell}
exec "$@"
`
const deafText = (shell: string): string => `#!${shell}
exec ${APP}
`

// A minute of the service takes less than a real minute here. `date -d` and other options that name a time are not scaled.
function shims({ minuteMs }: ScaledClock, nowMs: number): Readonly<Record<string, string>> {
  const factor = 60_000 / minuteMs
  const secondMs = minuteMs / 60
  const about = '#!/bin/sh\n# The Demo scales the clock of this container: see filesystem.ts of the simulator.\n'
  return {
    sleep: `${about}case $1 in
  *[!0-9]*) exec /bin/sleep "$(LC_ALL=C awk -v s="\${1%s}" 'BEGIN { printf "%.3f", s / ${factor} }')" ;;
esac
u=$(($1 * ${Math.round(secondMs * 1_000)}))
exec /bin/sleep "$((u / 1000000)).$(printf %06d $((u % 1000000)))"
`,
    date: `${about}now=$(/bin/date +%s%3N)
exec /bin/date -d "@$(LC_ALL=C awk -v n="$now" 'BEGIN { printf "%.0f", (${nowMs} + (n - ${nowMs}) * ${factor}) / 1000 }')" "$@"
`,
  }
}

/** The filesystem of one container. The folder belongs to its sandbox. */
export class Filesystem {
  readonly folder: string
  readonly path: string

  private constructor(folder: string, hasShell: boolean) {
    this.folder = folder
    const own = join(folder, 'bin')
    this.path = hasShell ? `${own}:${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}` : own
  }

  /** Lays out the folder. `isForAll`: the main process runs as another user than the simulator. */
  static async create(
    folder: string,
    image: Image,
    options: { readonly isForAll: boolean; readonly clock: ScaledClock | undefined },
  ): Promise<Filesystem> {
    const filesystem = new Filesystem(folder, image.shell !== 'none')
    for (const name of ['bin', 'tmp', 'root']) await mkdir(join(folder, name))
    if (options.isForAll) {
      // Names below the simulator's folder are random, and cannot be listed by others.
      await chmod(dirname(folder), 0o711)
      await chmod(folder, 0o755)
    }
    await chmod(join(folder, 'tmp'), 0o1777)
    await filesystem.#fill(image, options.clock)
    return filesystem
  }

  /** The program of this computer that a word of a command line starts; undefined: the container has none of that name. */
  find(word: string): string | undefined {
    const shell = SHELL_WORD.exec(word)?.[1]
    const candidates =
      shell !== undefined
        ? [join(this.folder, 'bin', shell)]
        : word.includes('/')
          ? [word]
          : this.path.split(':').map((directory) => join(directory, word))
    return candidates.find(isProgram)
  }

  async #fill(image: Image, clock: ScaledClock | undefined): Promise<void> {
    const at = (name: string): string => join(this.folder, 'bin', name)
    const links =
      image.shell === 'none'
        ? Object.entries(BARE_PROGRAMS)
        : Object.entries(SHELLS[image.shell]).map(([name, paths]) => [name, paths.find(isProgram)] as const)
    for (const [name, path] of links) if (path !== undefined) await symlink(path, at(name))
    if (image.shell === 'none') return
    const scripts = {
      [APP]: appText(at('sh')),
      [RUNNING_ENTRY]: runningText(at('sh')),
      [DEAF_ENTRY]: deafText(at('sh')),
      ...(clock === undefined ? {} : shims(clock, Date.now())),
    }
    for (const [name, text] of Object.entries(scripts)) await writeFile(at(name), text, { mode: 0o755 })
  }
}

/** Words in which Go's os/exec says that there is no program of this name. */
export function missingWords(word: string): string {
  return word.includes('/')
    ? `fork/exec ${word}: no such file or directory`
    : `exec: "${basename(word)}": executable file not found in $PATH`
}
