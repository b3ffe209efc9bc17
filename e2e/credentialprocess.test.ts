// The command line with a profile whose credential_process hangs: none of its processes outlives `culvert`.

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { bareEnvironment, bundledPrograms, start, type Bundle } from './kit/programs/cli'

let bundle: Bundle
let folder: string

beforeAll(async () => {
  bundle = bundledPrograms()
  folder = await mkdtemp(join(tmpdir(), 'culvert-hang-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** A server to which the processes connect; a socket closes when its process ends. */
async function startRollCall() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const sockets: Socket[] = []
  const gone: Promise<unknown>[] = []
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    socket.resume()
    sockets.push(socket)
    gone.push(new Promise((resolve) => socket.once('close', resolve)))
    server.emit('present')
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    present: async (count: number): Promise<void> => {
      while (sockets.length < count) await once(server, 'present')
    },
    allGone: () => Promise.all(gone),
  }
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'culvert that waits for a hanging credential_process ends at %s, and so does all that this has started',
  async (signal, status) => {
    const { port, present, allGone } = await startRollCall()
    const script = join(folder, 'hang.mjs')
    await writeFile(
      script,
      `import { connect } from 'node:net'\nconnect(${port}, '127.0.0.1').on('error', () => process.exit(9))\n`,
    )
    const program = `"${process.execPath}" "${script}"`
    await writeFile(
      join(folder, 'config'),
      '[profile work]\nregion=eu-central-1\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n' +
        `[profile base]\ncredential_process = ${program} & ${program}\n`,
    )
    const env = { ...bareEnvironment(), AWS_CONFIG_FILE: join(folder, 'config') }
    const running = start(bundle, ['ls', '--profile', 'work'], env)
    onTestFinished(() => void running.child.kill('SIGKILL'))
    await present(2)
    running.child.kill(signal)
    expect(await running.ended).toMatchObject({ status, stderr: '' })
    await allGone()
  },
)
