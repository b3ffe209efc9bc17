// The app with too few file descriptors: real processes under `ulimit -n`, real sockets.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { listen } from '../electron/core/tunnels/listener'
import {
  bundle,
  closeSome,
  echo,
  echoing,
  home,
  manyTo,
  MAX_CONNECTIONS,
  simulator,
  start,
  stageScarceFiles,
} from './kit/stages/exhaustion'

stageScarceFiles()

async function freePort(): Promise<number> {
  const free = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
  await free[Symbol.asyncDispose]()
  return free.port
}

describe('the app with 256 open files', () => {
  it('shares them among its forwards, also of two environments, tells it in the journal, and survives their end', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
    const keys = [
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
      `aws_session_token = ${sessionToken}`,
    ].join('\n')
    await writeFile(path.join(home, '.aws', 'credentials'), `[one]\n${keys}\n[other]\n${keys}\n`)
    const ports = [await freePort(), await freePort()]
    const data = ['one', 'other'].map((profile, index) => ({
      id: profile,
      environment: { kind: 'aws', profile, region: simulator.region },
      name: profile,
      target: { kind: 'name', name: 'web-2' },
      remotePort: 7,
      localPort: ports[index],
      startAtLaunch: true,
    }))
    await mkdir(path.join(home, 'data'), { mode: 0o700 })
    await writeFile(path.join(home, 'data', 'forwards.json'), JSON.stringify({ version: 1, data }))
    const { child, ended, says } = start(bundle.web, '--profile', 'one', '--region', simulator.region)
    await says(/^READY /m)
    const carried: Socket[] = []
    // Held until their session is there.
    for (const port of ports) {
      let socket: Socket | undefined
      while (socket === undefined) socket = await echoing(port, 'first')
      carried.push(socket)
    }
    carried.push(...(await manyTo(ports)))
    expect(carried).toHaveLength(MAX_CONNECTIONS)
    let journal = ''
    while (!journal.includes('"connection-limit"')) {
      journal = await readFile(path.join(home, 'data', 'journal.jsonl'), 'utf8')
    }
    expect(journal).toMatch(/"connection-limit".*Culvert takes 192 local .* 256 open files/)
    const now = await closeSome(carried, ports, 20)
    child.kill('SIGUSR2')
    await says(/hog: full/)
    await says(/(hog: no interfaces[^]*){4}/)
    for (const port of ports) expect(await echoing(port, 'too much')).toBeUndefined()
    await Promise.all(now.map((socket) => echo(socket, 'during')))
    child.kill('SIGUSR2')
    await says(/hog: empty/)
    for (const socket of await closeSome(now, ports, 20)) await echo(socket, 'after')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  })
})
