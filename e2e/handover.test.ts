// Keys end, and new ones are handed over into a running ssh-proxy: a real ssh with an open session goes on.

import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { environmentOf } from './kit/programs/cli'
import { bundle, env, idOf, open, run, setEnv, simulator, stageCli } from './kit/stages/cli'

stageCli()

const SSHD = '/usr/sbin/sshd'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return address === null || typeof address === 'string' ? 0 : address.port
}

/** What a process has printed on both of its outputs. */
function heard(child: ChildProcessWithoutNullStreams): { readonly out: () => string; readonly err: () => string } {
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  onTestFinished(() => void child.kill('SIGKILL'))
  return { out: () => out, err: () => err }
}

/** Starts sshd for this user with keys of its own. Resolves with its port and the client's key. */
async function startSshd(): Promise<{ readonly port: number; readonly key: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'culvert-sshd-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const name of ['host', 'key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)])
  }
  await writeFile(join(folder, 'authorized'), await readFile(join(folder, 'key.pub')))
  const port = await freePort()
  const lines = [
    `ListenAddress 127.0.0.1:${String(port)}`,
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized')}`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
  ]
  await writeFile(join(folder, 'config'), `${lines.join('\n')}\n`)
  // The service of the system makes it, and sshd of root does not start without it.
  if (userInfo().uid === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  const sshd = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')])
  const { err } = heard(sshd)
  await vi.waitFor(() => expect(err()).toContain('Server listening'))
  return { port, key: join(folder, 'key') }
}

const hasPrograms = existsSync(SSHD) && existsSync('/usr/bin/ssh')

test.skipIf(!hasPrograms)(
  `keys end, hand-over into a running ssh-proxy with an open ssh session that goes on${hasPrograms ? '' : ' (sshd or ssh is not installed here)'}`,
  async () => {
    const { port, key } = await startSshd()
    const instance = idOf('web-2')
    simulator.world.addTcp(instance, 22, port)
    const proxy = `'${process.execPath}' '${bundle.cli}' ssh-proxy %h %p`
    const options = ['IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes']
    const words = [`ProxyCommand=${proxy}`, `IdentityFile=${key}`, ...options].flatMap((option) => ['-o', option])
    // The environment of the seed: four variables, and nothing that says when they end.
    const ssh = spawn('ssh', ['-F', 'none', ...words, `${userInfo().username}@${instance}`, 'cat'], { env })
    const { out, err } = heard(ssh)
    ssh.stdin.write('before\n')
    await vi.waitFor(() => expect(out(), err()).toBe('before\n'))
    const [session] = simulator.sessions()

    const old = simulator.credentials
    simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
    simulator.cut(session?.id ?? '', 'close-1000')
    ssh.stdin.write('during\n')
    const command = await vi.waitFor(() => {
      const pid = /Run: culvert credentials --pid (\d+)/.exec(err())?.[1]
      expect(pid, err()).toBeDefined()
      return pid ?? ''
    })

    // A shell that has the old ones, then one that has new ones.
    expect(await run(['credentials', '--pid', command])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('credentials-expired'),
    })
    expect(out()).toBe('before\n')
    simulator.rotateCredentials()
    const next = environmentOf(simulator)
    setEnv(next)
    expect(await run(['credentials', '--pid', command])).toMatchObject({
      status: 0,
      text: expect.stringMatching(/^New credentials for Environment variables: arn:aws:sts::.*\n$/),
    })
    await vi.waitFor(() => expect(out(), err()).toBe('before\nduring\n'))
    ssh.stdin.end('after\n')
    const [status] = await once(ssh, 'exit')
    expect([status, out()]).toEqual([0, 'before\nduring\nafter\n'])
    expect(simulator.sessions().map(({ id, resumes }) => [id, resumes])).toEqual([[session?.id, 1]])
    // ssh does not wait for its ProxyCommand, which ends the session.
    await vi.waitFor(() => expect(open()).toEqual([]))
    for (const { secretAccessKey, sessionToken } of [old, simulator.credentials]) {
      expect(err()).not.toContain(secretAccessKey)
      expect(err()).not.toContain(sessionToken)
    }
  },
)
