// The errors of the command line by their code: the sentence on stderr, and the exit status.

import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { bareEnvironment } from './kit/programs/cli'
import { env, folder, idOf, run, setEnv, simulator, stageCli } from './kit/stages/cli'

stageCli()

describe('an error', () => {
  const told = (code: string, words = '') => ({
    status: 1,
    text: '',
    stderr: expect.stringMatching(new RegExp(`^culvert: ${code}: [^\\n]*${words}[^\\n]*\\n$`)),
  })

  test('agent-offline: the agent does not answer', async () => {
    expect(await run(['shell', 'search-indexer'])).toMatchObject(told('agent-offline', idOf('search-indexer')))
    expect(await run(['shell', 'load-generator'])).toMatchObject(told('agent-offline'))
  })

  test('ambiguous-name: several instances bear the Name, and are listed', async () => {
    const ids = simulator.world.instances.filter(({ tags }) => tags['Name'] === 'web-1').map(({ id }) => id)
    const outcome = await run(['exec', 'web-1', '--', 'true'])
    expect(outcome).toMatchObject(told('ambiguous-name'))
    for (const id of ids) expect(outcome.stderr).toContain(id)
  })

  test('unknown-instance and wrong-region: nobody bears the Name, the id is not here', async () => {
    expect(await run(['shell', 'nobody'])).toMatchObject(told('unknown-instance'))
    expect(await run(['shell', 'i-0ffffffffffffffff'])).toMatchObject(told('wrong-region', '--region'))
  })

  test('access-denied: names the action', async () => {
    simulator.failNext('StartSession', { code: 'AccessDeniedException', message: 'no' })
    expect(await run(['forward', 'web-2', '--remote-port', '1'])).toMatchObject(
      told('access-denied', 'ssm:StartSession'),
    )
  })

  test('credentials-expired: AWS says so, whatever the status', async () => {
    for (const status of [400, 403]) {
      simulator.failNext('StartSession', { code: 'ExpiredTokenException', status })
      expect(await run(['exec', 'web-2', '--', 'true'])).toMatchObject(told('credentials-expired', 'environment'))
    }
  })

  test('credentials-expired: keys that are not those of this account', async () => {
    setEnv({ ...env, AWS_SECRET_ACCESS_KEY: 'wrong' })
    expect(await run(['ls'])).toMatchObject(told('credentials-expired'))
  })

  test('clock-skew: AWS refuses the time of our signature', async () => {
    const message =
      'Signature expired: 20261122T000000Z is now earlier than 20261122T004500Z (20261122T010000Z - 15 min.)'
    for (let attempt = 0; attempt < 3; attempt += 1) {
      simulator.failNext('StartSession', { code: 'InvalidSignatureException', status: 403, message })
    }
    expect(await run(['shell', 'web-2'])).toMatchObject(told('clock-skew', '60 minutes behind'))
  })

  test('document-missing, throttled and service: AWS says so', async () => {
    expect(await run(['shell', 'web-2', '--document', 'My-Doc'])).toMatchObject(told('document-missing', 'My-Doc'))
    for (let attempt = 0; attempt < 3; attempt += 1) simulator.failNext('StartSession', { code: 'ThrottlingException' })
    expect(await run(['shell', 'web-2'])).toMatchObject(told('throttled'))
    for (let attempt = 0; attempt < 3; attempt += 1)
      simulator.failNext('StartSession', { code: 'InternalServerError', status: 500 })
    expect(await run(['shell', 'web-2'])).toMatchObject(told('service'))
  })

  test('port-in-use: somebody listens there, and no session is started', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await vi.waitFor(() => expect(server.address()).not.toBeNull())
    const { port } = server.address() as { port: number }
    const outcome = await run(['forward', 'web-2', '--remote-port', '8080', '--local-port', String(port)])
    expect(outcome).toMatchObject(told('port-in-use', String(port)))
    expect(simulator.sessions()).toEqual([])
  })

  test('network: nobody listens at the endpoint', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(server.address()).not.toBeNull())
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    expect(await run(['ls', '--endpoint-url', `http://127.0.0.1:${port}`])).toMatchObject(
      told('network', `127.0.0.1:${port}`),
    )
  })

  test('credentials-missing, region-missing and profile-unknown: nothing is configured', async () => {
    const { AWS_ENDPOINT_URL, AWS_REGION } = env
    setEnv({ ...bareEnvironment(), AWS_ENDPOINT_URL, AWS_REGION })
    expect(await run(['ls'])).toMatchObject(told('credentials-missing', '--demo'))
    expect(await run(['ls', '--profile', 'prod'])).toMatchObject(told('profile-unknown', 'prod'))
    setEnv(bareEnvironment())
    expect(await run(['ls'])).toMatchObject(told('region-missing', '--region'))
  })

  test('credentials-expired: the SSO login of the profile, with the command that renews it', async () => {
    const file = path.join(folder, 'config')
    await writeFile(
      file,
      '[profile corp]\nsso_session=corp\nsso_account_id=1\nsso_role_name=dev\nregion=eu-west-1\n' +
        '[sso-session corp]\nsso_region=eu-west-1\nsso_start_url=https://corp.awsapps.com/start\n',
    )
    setEnv({ ...bareEnvironment(), AWS_CONFIG_FILE: file })
    expect(await run(['ls', '--profile', 'corp'])).toMatchObject(
      told('credentials-expired', 'aws sso login --profile corp'),
    )
  })
})
