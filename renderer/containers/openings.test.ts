import { expect, test } from 'vitest'
import { settingsOf } from '../../shared/environmentsettings'
import { commandOf, DEFAULT_COMMAND, withCommand } from './openings'

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
