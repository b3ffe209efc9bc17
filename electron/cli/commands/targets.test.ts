import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { openTargetFile } from '../../core/store/targetfile'
import { parseCommandLine } from '../arguments'
import type { LocalCommand } from '../context'
import { Sink } from '../sink'
import { authorizeTarget, listTargets, readTarget } from './targets'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-targets-'))
})
afterEach(() => rm(folder, { recursive: true }))

const web: SavedTarget = {
  id: 'a',
  name: 'web',
  environment: { kind: 'aws', profile: 'prod', region: 'eu-west-1' },
  set: { hosts: 'Name=web-*', choice: 'sticky' },
  defaultPort: 443,
  maxDurationMinutes: 480,
}
const shells: SavedTarget = {
  id: 'b',
  name: 'shells',
  environment: { kind: 'demo' },
  set: { hosts: 'asg:x', choice: 'random' },
}

async function run(command: LocalCommand, ...words: readonly string[]): Promise<string> {
  const invocation = parseCommandLine(words)
  if (invocation.kind !== 'run') throw new Error('it runs')
  const out = new PassThrough()
  const stdout = new Sink(out, () => undefined)
  await command({
    args: invocation.args,
    env: { CULVERT_DATA_DIR: folder },
    platform: 'linux',
    stdin: new PassThrough(),
    stdout,
    stderr: stdout,
    signal: new AbortController().signal,
  })
  return String(out.read() ?? '')
}

async function save(): Promise<void> {
  const file = await openTargetFile(folder)
  await file.write([web, shells])
  await file.close()
}

test('the saved targets are listed as blocks, and as JSON', async () => {
  expect(await run(listTargets, 'targets', 'list')).toBe('No target is saved. Make one in the window.\n')
  expect(await run(listTargets, 'targets', 'list', '--json')).toBe('[]\n')
  await save()
  expect(await run(listTargets, 'targets', 'list')).toBe(`Target information:
  Name:              web
  ID:                a
  Environment:       prod (eu-west-1)
  Hosts:             Name=web-*
  Chosen:            sticky
  Default port:      443
  Maximum duration:  8 h

  Name:          shells
  ID:            b
  Environment:   Demo
  Hosts:         asg:x
  Chosen:        random
  Default port:  none: a shell
`)
  expect(JSON.parse(await run(listTargets, 'targets', 'list', '--json'))).toEqual([web, shells])
})

test('one is read by its name, and another name names those that there are', async () => {
  await save()
  expect(JSON.parse(await run(readTarget, 'targets', 'read', 'web', '--json'))).toEqual(web)
  expect(await run(readTarget, 'targets', 'read', 'shells')).toContain('Hosts:         asg:x')
  await expect(run(readTarget, 'targets', 'read', 'api')).rejects.toMatchObject({
    code: 'unknown-target',
    message: 'No saved target is named "api". There are: web, shells.',
  })
})

test('one is authorized at the running Culvert alone; the error says how to do without', async () => {
  await expect(run(authorizeTarget, 'targets', 'authorize', 'api')).rejects.toMatchObject({ code: 'unknown-target' })
  await save()
  await expect(run(authorizeTarget, 'targets', 'authorize', 'web')).rejects.toMatchObject({
    code: 'not-running',
    message: expect.stringContaining('culvert authorize target:web --hold.'),
  })
})
