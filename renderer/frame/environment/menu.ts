// The entries of the environment menus: profiles, the environment variables, regions, the Demo. Pure.

import { FlaskConical, Globe } from 'lucide-react'
import type { EnvironmentRef, EnvironmentView, ProfileChoice } from '../../../shared/model/environment'
import type { MenuEntry } from '../../parts/floats/Menu'
import { regionGroups } from './regions'

/** Switches to another environment. */
export type Select = (environment: EnvironmentRef) => void

/** An environment that can be chosen: a profile of the AWS files, or the environment variables of Culvert's process. */
export interface Choice {
  readonly name: string
  /** Its region, or why that is unknown. */
  readonly detail: string
  readonly ref: Extract<EnvironmentRef, { readonly kind: 'aws' }>
  readonly isShown: boolean
}

/** All choices except the Demo; the environment variables come first if they hold credentials. */
export function choicesOf(environment: EnvironmentView, profiles: readonly ProfileChoice[]): readonly Choice[] {
  const { ref, name, region, ambient } = environment
  const isUnnamed = ref.kind === 'aws' && ref.profile === undefined
  const variables: readonly Choice[] =
    ambient?.isVariables === true
      ? [
          {
            name: ambient.name,
            detail: isUnnamed && region !== '' ? region : 'of the program that started Culvert',
            ref: { kind: 'aws' },
            isShown: isUnnamed,
          },
        ]
      : []
  return [
    ...variables,
    ...profiles.map((profile): Choice => ({
      name: profile.name,
      detail: profile.region ?? 'no region set',
      // With the region that is shown: without one, AWS_REGION would win over the profile's.
      ref: {
        kind: 'aws',
        profile: profile.name,
        ...(profile.region === undefined ? {} : { region: profile.region }),
      },
      isShown:
        ref.kind === 'aws' && (ref.profile ?? (ambient?.isVariables === true ? undefined : name)) === profile.name,
    })),
  ]
}

/** The regions for the profile of `ref`; the shown one is ticked. */
export function regionEntries(
  { ref, region }: Pick<EnvironmentView, 'ref' | 'region'>,
  select: Select,
): readonly MenuEntry[] {
  const profile = ref.kind === 'aws' && ref.profile !== undefined ? { profile: ref.profile } : {}
  return regionGroups.flatMap(({ heading, regions }): MenuEntry[] => [
    { heading },
    ...regions.map(({ name, place }): MenuEntry => ({
      label: name,
      detail: place,
      isChecked: name === region,
      onSelect: () => select({ kind: 'aws', ...profile, region: name }),
    })),
  ])
}

/** One menu item per choice. */
export function profileEntries(
  environment: EnvironmentView,
  profiles: readonly ProfileChoice[],
  select: Select,
): readonly MenuEntry[] {
  const choices = choicesOf(environment, profiles)
  const entry = ({ name, detail, ref, isShown }: Choice): MenuEntry => ({
    label: name,
    detail,
    isChecked: isShown,
    onSelect: () => select(ref),
  })
  return [
    ...choices.filter(({ ref }) => ref.profile === undefined).map(entry),
    { heading: 'Profiles in your AWS files' },
    ...choices.filter(({ ref }) => ref.profile !== undefined).map(entry),
    ...(profiles.length === 0 ? [{ label: 'None found', reason: 'aws configure sso makes one' }] : []),
  ]
}

/** The whole menu of the top bar. */
export function environmentEntries(
  environment: EnvironmentView,
  profiles: readonly ProfileChoice[],
  select: Select,
): readonly MenuEntry[] {
  const { ref } = environment
  return [
    ...profileEntries(environment, profiles, select),
    { line: true },
    ...(ref.kind === 'aws' ? [{ label: 'Region', icon: Globe, items: regionEntries(environment, select) }] : []),
    {
      label: 'Demo',
      icon: FlaskConical,
      detail: ref.kind === 'demo' ? 'shown now' : 'simulated instances on this computer',
      onSelect: () => select({ kind: 'demo' }),
    },
  ]
}
