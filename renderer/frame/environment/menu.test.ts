import { expect, test } from 'vitest'
import type { EnvironmentRef, EnvironmentView } from '../../../shared/model/environment'
import { choicesOf } from './menu'

const profiles = [{ name: 'default', region: 'eu-west-1' }, { name: 'work' }]

function shown(ref: EnvironmentRef, isVariables: boolean): EnvironmentView {
  const ambient = { name: isVariables ? 'Environment variables' : 'default', isVariables }
  const name = ref.kind === 'demo' ? 'Demo' : (ref.profile ?? ambient.name)
  return { ref, name, ambient, region: ref.kind === 'demo' ? '' : 'us-east-1', state: { kind: 'open' } }
}

/** The names of the offered choices; the shown one ends in " *". */
function offered(ref: EnvironmentRef, isVariables: boolean): string[] {
  return choicesOf(shown(ref, isVariables), profiles).map(({ name, isShown }) => `${name}${isShown ? ' *' : ''}`)
}

test('the environment variables can always be chosen where they hold credentials, whatever is shown', () => {
  expect(offered({ kind: 'aws', region: 'us-east-1' }, true)).toEqual(['Environment variables *', 'default', 'work'])
  expect(offered({ kind: 'aws', profile: 'work' }, true)).toEqual(['Environment variables', 'default', 'work *'])
  expect(offered({ kind: 'demo' }, true)).toEqual(['Environment variables', 'default', 'work'])
  expect(choicesOf(shown({ kind: 'demo' }, true), profiles)[0]?.ref).toEqual({ kind: 'aws' })
  // Without environment variables a reference without a profile means the default profile.
  expect(offered({ kind: 'aws', region: 'us-east-1' }, false)).toEqual(['default *', 'work'])
  expect(offered({ kind: 'demo' }, false)).toEqual(['default', 'work'])
})

test('a profile is chosen with the region that is shown for it', () => {
  const chosen = choicesOf(shown({ kind: 'aws', profile: 'work', region: 'us-east-1' }, false), profiles)
  expect(chosen.map(({ detail, ref }) => [detail, ref])).toEqual([
    ['eu-west-1', { kind: 'aws', profile: 'default', region: 'eu-west-1' }],
    ['no region set', { kind: 'aws', profile: 'work' }],
  ])
})
