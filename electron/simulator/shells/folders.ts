// The folder of one simulator, and the removal of folders of simulators that were killed.
//
//   <tmp>/culvert-demo-<16 hex>/alive          a socket that the simulator listens on for as long as it lives
//   <tmp>/culvert-demo-<16 hex>/session-XXXXXX a session's, with a home of its own (processes.ts)
//
// Whether a simulator lives is asked of its socket: a process id may have been given to another program, and is another one
// in a container that shares <tmp>. `alive` comes into the folder listening and leaves it last, so a folder without it
// may not be touched. On Windows, which has no such files, the socket is a named pipe and `alive` an empty file.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { AppError } from '../../../shared/errors'
import { killCarrying, simulatorMark, ownSimulator } from './processes'

const PREFIX = 'culvert-demo-'
const NAME = /^culvert-demo-[0-9a-f]{16}$/
const ALIVE = 'alive'
const UNBORN = 'new'

/** A socket's name takes 104 bytes on macOS, with the zero behind it. Source: sys/un.h. */
const MAX_SOCKET_BYTES = 100

const isWindows = process.platform === 'win32'

/** A simulator's folder. Disposing removes it with everything in it. */
export interface SimulatorFolder extends AsyncDisposable {
  readonly path: string
}

/** Where simulators have their folders: the directory for temporary files, or /tmp where its path is too long for a socket. */
function usualPlace(): string {
  const path = tmpdir()
  const sizeBytes = Buffer.byteLength(join(path, `${PREFIX}${'0'.repeat(16)}`, ALIVE))
  return isWindows || sizeBytes <= MAX_SOCKET_BYTES ? path : '/tmp'
}

function socketOf(folder: string, file: string): string {
  return isWindows ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, file)
}

/** Makes a folder in `place`, for us alone, that says that we live. Throws `simulator-failed`. */
export async function openFolder(place: string = usualPlace()): Promise<SimulatorFolder> {
  const path = join(place, `${PREFIX}${randomBytes(8).toString('hex')}`)
  const server = createServer((socket) => {
    // Somebody asks whether we live; the connection is the answer.
    socket.on('error', () => undefined)
    socket.destroy()
  })
  try {
    await mkdir(path, { mode: 0o700 })
    server.listen(socketOf(path, UNBORN))
    await once(server, 'listening')
    // Out of descriptors it answers later; it need not end for that.
    server.on('error', () => undefined)
    if (isWindows) await writeFile(join(path, ALIVE), '')
    else await rename(join(path, UNBORN), join(path, ALIVE))
  } catch (error) {
    server.close()
    await rm(path, { recursive: true, force: true })
    const why = error instanceof Error ? error.message : String(error)
    throw new AppError('simulator-failed', `The Demo could not make its folder (${why}): make room, or set TMPDIR.`, {
      cause: error,
    })
  }
  // This server must not keep the process alive.
  server.unref()
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await remove(path)
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Ends the processes of simulators that are dead, and removes their folders in `place`. Leaves alone what belongs to one that
 * lives or may live, to another user, or to anything else. Never rejects: what cannot be removed is there the next time.
 */
export async function removeDead(place: string = usualPlace()): Promise<void> {
  const names = await readdir(place).catch(() => [])
  const dead: string[] = []
  for (const name of names) {
    // We may have been started in a shell of that Demo.
    if (!NAME.test(name) || name === ownSimulator()) continue
    const folder = join(place, name)
    if ((await isSimulatorFolder(folder)) && (await isDead(folder))) dead.push(folder)
  }
  if (dead.length === 0) return
  await killCarrying(dead.map(simulatorMark))
  for (const folder of dead) await remove(folder).catch(() => undefined)
}

/** Whether a simulator of this user has made `folder`. Links are not followed. */
async function isSimulatorFolder(folder: string): Promise<boolean> {
  try {
    const found = await lstat(folder)
    const alive = await lstat(join(folder, ALIVE))
    const isOurs = process.getuid === undefined || found.uid === process.getuid()
    return found.isDirectory() && isOurs && (isWindows ? alive.isFile() : alive.isSocket())
  } catch {
    return false
  }
}

/** Whether no process listens for `folder` any more. A folder that cannot be asked counts as alive. */
function isDead(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketOf(folder, ALIVE))
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', (error) => {
      resolve('code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT'))
    })
  })
}

/** Removes `alive` last: a removal that is cut short can be taken up again. */
async function remove(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (name !== ALIVE) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}
