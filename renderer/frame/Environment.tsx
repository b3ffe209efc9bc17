// The environment switcher: which profile, region and identity this window works with, and the way to another.
//
// Owns no state: the core opens environments and says how it went.

import { ChevronsUpDown, FlaskConical, Globe, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { EnvironmentRef, EnvironmentView, ProfileChoice } from '../../shared/model'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/Button'
import { ForeignName } from '../parts/Foreign'
import { Glyph } from '../parts/Glyph'
import { Menu, type MenuEntry } from '../parts/Menu'
import { identityWords } from './identity'
import { regionGroups } from './regions'

type Select = (environment: EnvironmentRef) => void

function regionEntries({ ref, region }: EnvironmentView, select: Select): readonly MenuEntry[] {
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

function isShown({ ref, name }: EnvironmentView, profile: ProfileChoice): boolean {
  return ref.kind === 'aws' && (ref.profile ?? name) === profile.name
}

function entries(environment: EnvironmentView, profiles: readonly ProfileChoice[], select: Select): MenuEntry[] {
  const { ref } = environment
  return [
    { heading: 'Profiles in your AWS files' },
    ...profiles.map((profile): MenuEntry => ({
      label: profile.name,
      detail: profile.region ?? 'no region set',
      isChecked: isShown(environment, profile),
      onSelect: () => select({ kind: 'aws', profile: profile.name }),
    })),
    ...(profiles.length === 0 ? [{ label: 'None found', reason: 'aws configure sso makes one' }] : []),
    { line: true },
    ...(ref.kind === 'aws' ? [{ label: 'Region', icon: Globe, items: regionEntries(environment, select) }] : []),
    {
      label: 'Demo',
      icon: FlaskConical,
      detail: ref.kind === 'demo' ? 'shown now' : 'a make-believe fleet on this computer',
      onSelect: () => select({ kind: 'demo' }),
    },
  ]
}

function Who({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const { state, identity, ref } = environment
  if (state.kind === 'opening') {
    return (
      <span className="second">
        <Glyph tone="working" size="small" /> Opening
      </span>
    )
  }
  if (state.kind === 'failed') {
    return (
      <span className="second failed">
        <Glyph tone="failed" size="small" /> Not open
      </span>
    )
  }
  if (ref.kind === 'demo') return <span className="second">Demo on this computer</span>
  return (
    <span className="second">
      {identity === undefined ? 'identity not known' : <ForeignName text={identityWords(identity)} />}
    </span>
  )
}

/** The switcher of the top bar. */
export function EnvironmentSwitcher(): ReactNode {
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  const profiles = usePageState((state) => state.snapshot?.profiles)
  if (environment === undefined || profiles === undefined) return <span className="brand">Culvert</span>
  const select: Select = (chosen) => void page.ask('environment.select', { environment: chosen })
  const { identity } = environment
  return (
    <Menu
      items={entries(environment, profiles, select)}
      onOpen={() => {
        // What it finds comes with the next state; a failure leaves the profiles as they were.
        page.request('environment.refresh', {}).catch(() => undefined)
      }}
      {...(identity === undefined
        ? {}
        : {
            head: (
              <p className="mono whole">
                <ForeignName text={identity.arn} />
              </p>
            ),
          })}
      trigger={
        <button
          type="button"
          className="environment"
          aria-label={`Environment: ${shownName(environment.name)} ${shownName(environment.region)}`}
        >
          <i className={environment.ref.kind} />
          <span className="who">
            <span className="first">
              <b>
                <ForeignName text={environment.name} />
              </b>{' '}
              <ForeignName text={environment.region} />
            </span>
            <Who environment={environment} />
          </span>
          <ChevronsUpDown size={12} strokeWidth={2} aria-hidden="true" />
        </button>
      }
    />
  )
}

/** What can be done about an environment that did not open. */
export function EnvironmentActions(): ReactNode {
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  if (environment?.state.kind !== 'failed') return null
  const select: Select = (chosen) => void page.ask('environment.select', { environment: chosen })
  const isRegionMissing = environment.state.error.code === 'region-missing'
  return (
    <>
      {isRegionMissing && (
        <Menu
          align="end"
          trigger={<Button size="small">Choose a region</Button>}
          items={regionEntries(environment, select)}
        />
      )}
      <Button size="small" icon={RotateCw} onClick={() => select(environment.ref)}>
        Try again
      </Button>
    </>
  )
}

/** Says that the environment did not open, and why; nothing where the view in front says it in the list's place. */
export function EnvironmentBanner(): ReactNode {
  const environment = usePageState((state) => state.snapshot?.environment)
  const isSaidInPlace = usePageState(
    ({ view, snapshot }) => view === 'instances' && snapshot?.instances.items.length === 0,
  )
  if (environment?.state.kind !== 'failed' || isSaidInPlace) return null
  return (
    <Banner
      tone="failed"
      title={
        <>
          <ForeignName text={environment.name} /> is not open.
        </>
      }
      action={<EnvironmentActions />}
    >
      {environment.state.error.message}
    </Banner>
  )
}
