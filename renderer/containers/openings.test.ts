import { expect, test } from 'vitest'
import { settingsOf } from '../../shared/environmentsettings'
import { commandOf, DEFAULT_COMMAND, lacksCommand, withCommand } from './openings'
import { alone, container } from './sample.kit'

const here = { name: 'acme', region: 'eu-west-1' }

test('the command of a service is remembered in its environment, and forgotten once it is the usual one again', () => {
  const before = { 'acme eu-west-1': { ephemeralLimit: 3, containerCommands: { 'shop/orders': 'bash -l' } } }
  const changed = withCommand(before, here, { serviceId: 'shop/web', command: 'rails console' })
  expect(commandOf(changed, here, 'shop/web')).toBe('rails console')
  expect(commandOf(changed, here, 'shop/orders')).toBe('bash -l')
  expect(commandOf(changed, { ...here, region: 'eu-central-1' }, 'shop/web')).toBe(DEFAULT_COMMAND)
  const back = withCommand(changed, here, { serviceId: 'shop/orders', command: DEFAULT_COMMAND })
  expect(settingsOf(back, here.name, here.region)).toEqual({
    ephemeralLimit: 3,
    containerCommands: { 'shop/web': 'rails console' },
  })
})

test('a shell that ended because its container lacks the program is known by its container, and no other end is', () => {
  const web = container('web', 'a')
  const instance = { id: web.target ?? '', name: 'storefront/web' }
  const text = 'Unable to start command: Failed to start pty: fork/exec /bin/sh: no such file or directory'
  const ended = { instance, state: { kind: 'ended', at: 1, text } } as const
  expect(lacksCommand(ended, [web])).toEqual({ cluster: 'shop', service: 'storefront', name: 'web' })
  expect(lacksCommand(ended, [alone(web)])).toBeUndefined()
  expect(lacksCommand(ended, [container('web', 'b')])).toBeUndefined()
  expect(
    lacksCommand({ instance, state: { ...ended.state, text: 'cat: x: No such file or directory' } }, [web]),
  ).toBeUndefined()
  expect(lacksCommand({ instance, state: { kind: 'connecting' } }, [web])).toBeUndefined()
})
