import { expect, it } from 'vitest'
import { parseDoorOptions } from '../page/options'
import { ownArguments } from './arguments'

it('finds our words among those of Electron and Chromium, packed or not', () => {
  for (const argv of [
    ['/opt/culvert', '--demo', '--region', 'eu-west-1'],
    ['/opt/culvert', '--no-sandbox', '--demo', '--ozone-platform=wayland', '--region', 'eu-west-1', '-psn_0_1'],
    ['electron', '--no-sandbox', '/opt/app', '--demo', '--region=eu-west-1'],
    ['electron', '/opt/app', '--demo', '--inspect=0', '--region', 'eu-west-1', '--port', '80'],
  ]) {
    expect(parseDoorOptions(ownArguments(argv))).toEqual({ port: 0, demo: true, region: 'eu-west-1' })
  }
})

it('leaves a missing value to the parser, which refuses it', () => {
  expect(() => parseDoorOptions(ownArguments(['culvert', '--profile']))).toThrow(
    expect.objectContaining({ code: 'usage' }),
  )
  expect(ownArguments(['--demo'])).toEqual([])
})
