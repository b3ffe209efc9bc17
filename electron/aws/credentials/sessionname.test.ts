import { expect, test } from 'vitest'
import { SessionNames } from './sessionname'

const one = () => Promise.resolve('1'.repeat(32))
const two = () => Promise.resolve('2'.repeat(32))
const none = () => Promise.reject(new Error('read-only'))
const name = (profile: string, installation = one, env: NodeJS.ProcessEnv = {}) =>
  new SessionNames({ env, installation }).of(profile)

test('a name is the same for an installation and a profile, and differs for another of either', async () => {
  expect(await name('ops')).toMatch(/^culvert-ops-[0-9a-f]{12}$/)
  expect(await name('ops')).toBe(await name('ops'))
  expect(new Set(await Promise.all([name('ops'), name('dev'), name('ops', two), name('ops', none)])).size).toBe(4)
  expect(await name('ops', none)).toBe(await new SessionNames({ env: {} }).of('ops'))
})

test('a name is one that STS takes, whatever the profile is called, and two profiles never share one', async () => {
  const profiles = ['two words', 'two/words', 'Ä', '', 'x'.repeat(200), 'x'.repeat(201), 'ann@example.com']
  const names = await Promise.all(profiles.map((profile) => name(profile)))
  for (const each of names) expect(each).toMatch(/^[\w+=,.@-]{2,64}$/)
  expect(new Set(names).size).toBe(profiles.length)
  expect(names.at(-1)).toContain('culvert-ann@example.com-')
})

test("a profile's own name wins, then the variable's; one that STS refuses is told with where it stands", async () => {
  const env = { AWS_ROLE_SESSION_NAME: 'by.variable' }
  const names = new SessionNames({ env, installation: one })
  expect(await names.of('ops', 'by@profile')).toBe('by@profile')
  expect(await names.of('ops')).toBe('by.variable')
  await expect(names.of('ops', 'a b')).rejects.toMatchObject({
    code: 'profile-unknown',
    message: expect.stringMatching(/^The role_session_name of the profile "ops" \("a b"\) must have 2 to 64 /),
  })
  await expect(name('ops', one, { AWS_ROLE_SESSION_NAME: 'x' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('AWS_ROLE_SESSION_NAME ("x") must'),
  })
})
