// The environment switcher: shows the profile, region and identity of this window, and switches to another environment.
//
// Owns no state: the core opens environments and reports the outcome.

import { ChevronsUpDown, FlaskConical, RotateCw, SlidersHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../../shared/foreigntext'
import type { EnvironmentView, LoginEnd } from '../../../shared/model/environment'
import { loginWords } from '../../../shared/status'
import { usePage, usePageState } from '../../context'
import { Banner } from '../../parts/Banner'
import { Button } from '../../parts/controls/Button'
import { CommandOf } from '../../parts/text/Command'
import { EnvironmentHue, hueEntry } from '../../parts/EnvironmentHue'
import { ForeignName, ForeignSentence } from '../../parts/text/Foreign'
import { Glyph } from '../../parts/Glyph'
import { Menu } from '../../parts/floats/Menu'
import { LoginButton } from '../../questions/LoginButton'
import { environmentEntries, profileEntries, regionEntries, type Select } from './menu'
import { identityWords } from './identity'

function Who({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const { state, identity, ref, login } = environment
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
  if (login !== undefined) {
    return (
      <span className="second waiting">
        <Glyph tone="waiting" size="small" /> {loginWords(login)}
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

/** The switcher in the top bar. */
export function EnvironmentSwitcher(): ReactNode {
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  const profiles = usePageState((state) => state.snapshot?.profiles)
  const settings = usePageState((state) => state.snapshot?.settings)
  if (environment === undefined || profiles === undefined || settings === undefined)
    return <span className="brand">Culvert</span>
  const select: Select = (chosen) => void page.ask('environment.select', { environment: chosen })
  const { identity } = environment
  return (
    <Menu
      items={[
        ...environmentEntries(environment, profiles, select),
        { line: true },
        hueEntry(page, environment.name, settings),
        {
          label: 'Settings of',
          name: environment.name,
          icon: SlidersHorizontal,
          onSelect: () => {
            page.show('settings')
            requestAnimationFrame(() => document.querySelector('#settings-environment')?.scrollIntoView())
          },
        },
      ]}
      onOpen={() => {
        // The profiles found arrive with the next state; if the request fails, the old ones stay.
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
          <EnvironmentHue name={environment.name} kind={environment.ref.kind} />
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

/** Takes the profile that is offered in place of keys that have ended; renders nothing if none is. */
function OfferedProfile({ login, isSmall }: { readonly login?: LoginEnd; readonly isSmall: boolean }): ReactNode {
  const page = usePage()
  const profile = login?.offered
  if (profile === undefined) return null
  return (
    <Button
      {...(isSmall ? ({ size: 'small' } as const) : {})}
      onClick={() => void page.ask('environment.accept', { profile })}
    >
      <span>
        Use the profile <ForeignName text={profile} />
      </span>
    </Button>
  )
}

/**
 * The actions if an environment did not open or its sign-in has ended: choose another region, profile or the Demo, or retry.
 */
export function EnvironmentActions({ isSmall = false }: { readonly isSmall?: boolean }): ReactNode {
  const page = usePage()
  const environment = usePageState((state) => state.snapshot?.environment)
  const profiles = usePageState((state) => state.snapshot?.profiles) ?? []
  if (environment === undefined) return null
  const { state, ref } = environment
  const size = isSmall ? ({ size: 'small' } as const) : {}
  const select: Select = (chosen) => void page.ask('environment.select', { environment: chosen })
  const isRegionMissing = state.kind === 'failed' && state.error.code === 'region-missing'
  const again = (): void => {
    if (state.kind === 'failed') select(ref)
    else void page.ask('instances.refresh', {})
  }
  const error = environment.login?.error
  return (
    <>
      {error !== undefined && <LoginButton error={error} variant={isSmall ? 'secondary' : 'primary'} {...size} />}
      {isRegionMissing && (
        <Menu
          align="end"
          trigger={<Button {...size}>Choose a region</Button>}
          items={regionEntries(environment, select)}
        />
      )}
      <OfferedProfile {...(environment.login === undefined ? {} : { login: environment.login })} isSmall={isSmall} />
      <Button {...size} icon={RotateCw} onClick={again}>
        Try again
      </Button>
      {ref.kind === 'aws' && (
        <>
          <Menu
            align="end"
            trigger={<Button {...size}>Choose a profile</Button>}
            items={profileEntries(environment, profiles, select)}
          />
          {!isSmall && (
            <Button icon={FlaskConical} onClick={() => select({ kind: 'demo' })}>
              Open the Demo
            </Button>
          )}
        </>
      )}
    </>
  )
}

function LoginBanner({ name, login }: { readonly name: string; readonly login: LoginEnd }): ReactNode {
  const page = usePage()
  const isMissing = login.error.code === 'credentials-missing'
  return (
    <Banner
      tone="waiting"
      title={
        <>
          {isMissing ? 'No credentials for ' : 'Sign-in ended: '}
          <ForeignName text={name} />.
        </>
      }
      action={
        <>
          <CommandOf error={login.error} />
          <LoginButton error={login.error} size="small" />
          <OfferedProfile login={login} isSmall />
          <Button size="small" onClick={() => void page.ask('instances.refresh', {})}>
            Try again
          </Button>
        </>
      }
    >
      <ForeignSentence text={login.error.message} /> Culvert goes on by itself once you are signed in.
    </Banner>
  )
}

/**
 * Reports that the environment did not open, or that its sign-in has ended, and why. Renders nothing if the current view
 * reports it in place of its list.
 */
export function EnvironmentBanner(): ReactNode {
  const environment = usePageState((state) => state.snapshot?.environment)
  const isSaidInPlace = usePageState(
    ({ view, snapshot }) => view === 'instances' && snapshot?.instances.items.length === 0,
  )
  if (environment === undefined || isSaidInPlace) return null
  const { state, login, name, outage } = environment
  // The Demo's strip reports this outage, with a login button.
  if (outage?.kind === 'keys') return null
  if (state.kind !== 'failed') return login === undefined ? null : <LoginBanner name={name} login={login} />
  return (
    <Banner
      tone="failed"
      title={
        <>
          <ForeignName text={name} /> is not open.
        </>
      }
      action={
        <>
          <CommandOf error={state.error} />
          <EnvironmentActions isSmall />
        </>
      }
    >
      {state.error.message}
    </Banner>
  )
}
