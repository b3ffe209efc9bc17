// Folders of simulators that are dead or alive, of other users, and folders that are not ours. Killed simulators are in simulator.test.ts of the door.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openFolder, removeDead } from './folders'
import { Sandbox } from './processes'

let place: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'culvert-folders-'))
})
afterEach(() => rm(place, { recursive: true, force: true }))

const nameOf = (digit: string): string => `culvert-demo-${digit.repeat(16)}`

/** A folder as a killed simulator leaves it: its socket is there, and no process listens on it. */
async function makeDead(digit: string): Promise<string> {
  const folder = join(place, nameOf(digit))
  await mkdir(folder, { mode: 0o700 })
  const server = createServer().listen(join(folder, 'new'))
  await once(server, 'listening')
  await rename(join(folder, 'new'), join(folder, 'alive'))
  await new Promise((resolve) => server.close(resolve))
  await mkdir(join(folder, 'session-1'))
  await writeFile(join(folder, 'session-1', 'file'), 'left')
  return folder
}

/** A process that has left every group and session, and hides nothing else. */
function leave(environment: Readonly<Record<string, string>>): Promise<unknown[]> {
  const child = spawn('sleep', ['1000'], { env: { ...environment }, detached: true, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return once(child, 'exit')
}

test('the folder of a dead simulator goes with the processes that carry its mark, and two living ones keep theirs', async () => {
  const dead = await makeDead('a')
  await using one = await openFolder(place)
  await using two = await openFolder(place)
  const sandboxes = await Promise.all([dead, one.path, two.path].map((folder) => Sandbox.create(folder)))
  const ends: string[] = []
  const left = sandboxes.map((sandbox, index) =>
    leave(sandbox.environment).then(([, signal]) => ends.push(`${index}: ${String(signal)}`)),
  )
  await removeDead(place)
  await left[0]
  expect(ends).toEqual(['0: SIGKILL'])
  expect((await readdir(place)).sort()).toEqual([basename(one.path), basename(two.path)].sort())
  for (const sandbox of sandboxes) await sandbox.dispose()
  await Promise.all(left)
  await one[Symbol.asyncDispose]()
  expect(await readdir(place)).toEqual([basename(two.path)])
})

test('a simulator that is stopped, or asked by many at once, counts as alive', async () => {
  const folder = join(place, nameOf('b'))
  const script = `
    import { mkdirSync, renameSync } from 'node:fs'
    import { createServer } from 'node:net'
    mkdirSync(${JSON.stringify(folder)})
    createServer().listen({ path: ${JSON.stringify(join(folder, 'new'))}, backlog: 1 }, () => {
      renameSync(${JSON.stringify(join(folder, 'new'))}, ${JSON.stringify(join(folder, 'alive'))})
      console.log('up')
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.kill('SIGSTOP')
  for (let round = 0; round < 5; round += 1) await removeDead(place)
  expect(existsSync(join(folder, 'alive'))).toBe(true)
  // Its parent learns of its end when it has closed everything.
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  await removeDead(place)
  expect(existsSync(folder)).toBe(false)
})

test('links, folders that no simulator has made, and the like are neither followed nor removed', async () => {
  const target = await makeDead('c')
  const away = join(place, 'elsewhere')
  await rename(target, away)
  await symlink(away, join(place, nameOf('d')))
  // No socket, or what only looks like one.
  await mkdir(join(place, nameOf('e')))
  await mkdir(join(place, nameOf('f')))
  await writeFile(join(place, nameOf('f'), 'alive'), '')
  await mkdir(join(place, nameOf('0')))
  await symlink(join(away, 'alive'), join(place, nameOf('0'), 'alive'))
  // Another program's name.
  await rename(await makeDead('1'), join(place, 'culvert-demo-AbCdEf'))
  await writeFile(join(place, nameOf('2')), 'a file')
  const before = await readdir(place, { recursive: true })
  await removeDead(place)
  expect((await readdir(place, { recursive: true })).sort()).toEqual(before.sort())
})

// Only root can give a folder away.
test.runIf(process.getuid?.() === 0)('the folder of another user stays', async () => {
  const folder = await makeDead('3')
  await chown(folder, 12_345, 12_345)
  await removeDead(place)
  expect(existsSync(join(folder, 'session-1', 'file'))).toBe(true)
  await chown(folder, 0, 0)
  await removeDead(place)
  expect(existsSync(folder)).toBe(false)
})

test('a removal that was cut short is taken up again', async () => {
  const folder = await makeDead('4')
  await rm(join(folder, 'session-1'), { recursive: true })
  expect(await readdir(folder)).toEqual(['alive'])
  await removeDead(place)
  expect(existsSync(folder)).toBe(false)
})

test('a simulator that runs in a shell of a dead one kills neither itself nor that shell', async () => {
  const folder = await makeDead('5')
  vi.stubEnv('CULVERT_DEMO_SIMULATOR', nameOf('5'))
  onTestFinished(() => void vi.unstubAllEnvs())
  await removeDead(place)
  expect(existsSync(folder)).toBe(true)
})

test('a place that cannot be read or written is no folder and nothing to clean', async () => {
  await removeDead(join(place, 'missing'))
  await expect(openFolder(join(place, 'missing'))).rejects.toMatchObject({
    code: 'simulator-failed',
    message: expect.stringContaining('could not make its folder') as string,
  })
})
