// Processes that may open 256 files and get 400 connections, and processes that have no descriptor left at all.

import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bundle,
  closeSome,
  echo,
  echoing,
  home,
  manyTo,
  MAX_CONNECTIONS,
  type Process,
  simulator,
  start,
  stageScarceFiles,
} from './kit/stages/exhaustion'

stageScarceFiles()

interface Line {
  readonly type?: string
  readonly kind?: string
  readonly error?: { readonly code: string; readonly message: string }
}

describe('culvert forward with 256 open files', () => {
  async function forward(): Promise<Process & { port: number; lines: () => Line[] }> {
    const running = start(bundle.cli, 'forward', 'web-2', '--remote-port', '7', '--json')
    const [, port] = await running.says(/"listening".*"port":(\d+)/)
    const lines = (): Line[] =>
      running
        .printed()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line)
    return { ...running, port: Number(port), lines }
  }

  it('carries as many of 400 connections as it has descriptors for, refuses the others with a sentence, and goes on', async () => {
    const { port, child, lines, ended, says } = await forward()
    const carried = await manyTo([port])
    expect(carried).toHaveLength(MAX_CONNECTIONS)
    await says(new RegExp(`(.*"connection-limit".*\\n){${400 - MAX_CONNECTIONS}}`))
    const refusals = lines().filter(({ kind }) => kind === 'connection-failed')
    expect(refusals).toHaveLength(400 - MAX_CONNECTIONS)
    for (const { error } of refusals) {
      expect(error).toEqual({
        code: 'connection-limit',
        message: expect.stringMatching(/^Culvert takes 192 local .* 256 open files: .*\(ulimit -n\)/),
      })
    }
    await Promise.all(carried.map((socket) => echo(socket, 'still here')))
    const now = await closeSome(carried, [port], 20)
    await Promise.all(now.map((socket) => echo(socket, 'and now')))
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })

  it('lives through having no descriptor at all: connections stay, a lost session waits, and all goes on afterwards', async () => {
    const { port, child, printed, ended, says } = await forward()
    const [, sessionId = ''] = await says(/"sessionId":"([^"]+)"/)
    const carried = await Promise.all(Array.from({ length: 5 }, () => echoing(port, 'before')))
    child.kill('SIGUSR2')
    await says(/hog: full/)
    // The system closes what it cannot accept.
    expect(await echoing(port, 'too much')).toBeUndefined()
    await says(/(hog: no interfaces[^]*){2}/)
    for (const socket of carried) await echo(socket!, 'during')
    // Its own descriptor is free for a moment: an attempt that is quick enough succeeds with it.
    let from = 0
    for (let outcome = ''; outcome !== '"attempt":3';) {
      simulator.cut(sessionId, 'rst')
      const found = await says(/"attempt":3|"resumed"/, from)
      outcome = found[0]
      from += found.index + outcome.length
    }
    // A wake, by a changed AWS file.
    await writeFile(path.join(home, '.aws', 'config'), '[default]\n')
    await says(/hog: new AWS files/)
    await says(/"attempt":/, from)
    const answers = carried.map((socket) => echo(socket!, 'over the outage'))
    child.kill('SIGUSR2')
    await says(/hog: empty/)
    await says(/"kind":"resumed"/, from)
    await Promise.all(answers)
    expect(await echoing(port, 'after')).toBeDefined()
    expect(printed()).not.toContain('"restarted"')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})
