// The ways to begin if there is no AWS account to list: the Demo, a profile of the AWS files, or creating a profile.

import './firstrun.css'
import { BookOpen, Check, FlaskConical, KeyRound } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { WireError } from '../../shared/errors'
import { shownName } from '../../shared/foreigntext'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { choicesOf, regionEntries, type Choice, type Select } from '../frame/environment/menu'
import icon from '../glyphs/icon.svg'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { Command, CommandOf } from '../parts/text/Command'
import { ForeignName } from '../parts/text/Foreign'
import { Menu } from '../parts/floats/Menu'
import { Radio } from '../parts/controls/Radio'

function causeTitle({ code }: WireError, name: string): ReactNode {
  if (code === 'region-missing') return 'No region is set.'
  if (code === 'profile-unknown') return 'The profile cannot be used.'
  return (
    <>
      No credentials for <ForeignName text={name} />.
    </>
  )
}

function Demo({ select }: { readonly select: Select }): ReactNode {
  return (
    <section className="way" aria-labelledby="way-demo">
      <h3 id="way-demo">
        <FlaskConical size={20} strokeWidth={1.5} aria-hidden="true" />
        Try the Demo
      </h3>
      <p>Simulated instances on this computer, with real ports and no account.</p>
      <ul className="promises">
        {['19 instances', 'An intranet page to forward to', 'A shell on each Linux instance'].map((text) => (
          <li key={text}>
            <Check size={14} strokeWidth={2} aria-hidden="true" />
            {text}
          </li>
        ))}
      </ul>
      <footer>
        <Button size="large" className="wide" onClick={() => select({ kind: 'demo' })}>
          Open the Demo
        </Button>
      </footer>
    </section>
  )
}

function keyOf({ ref, name }: Choice): string {
  return `${ref.profile === undefined ? 'variables' : 'profile'} ${name}`
}

function Profiles({ snapshot, select }: { readonly snapshot: Snapshot; readonly select: Select }): ReactNode {
  const { environment, profiles } = snapshot
  const choices = choicesOf(environment, profiles)
  const [wanted, setWanted] = useState('')
  const chosen =
    choices.find((choice) => keyOf(choice) === wanted) ?? choices.find(({ isShown }) => isShown) ?? choices[0]
  const count = profiles.length === 0 ? 'None' : String(profiles.length)
  return (
    <section className="way" aria-labelledby="way-profile">
      <h3 id="way-profile">
        <KeyRound size={20} strokeWidth={1.5} aria-hidden="true" />
        Use an AWS profile
      </h3>
      <p>
        {count} found in <span className="mono">~/.aws</span>. Culvert reads these files and never writes to them.
      </p>
      {chosen !== undefined && (
        <>
          <div className="profiles">
            <Radio
              label="Profile"
              value={keyOf(chosen)}
              options={choices.map((choice) => ({
                value: keyOf(choice),
                label: (
                  <>
                    <b>
                      <ForeignName text={choice.name} />
                    </b>
                    <span>
                      <ForeignName text={choice.detail} />
                    </span>
                  </>
                ),
              }))}
              onChange={setWanted}
            />
          </div>
          <footer>
            <Button size="large" variant="primary" className="wide" onClick={() => select(chosen.ref)}>
              <span className="cut-off">Connect to {shownName(chosen.name)}</span>
            </Button>
            <Menu
              align="end"
              trigger={<Button size="large">Region</Button>}
              items={regionEntries({ ref: chosen.ref, region: environment.region }, select)}
            />
          </footer>
        </>
      )}
    </section>
  )
}

function SetUp(): ReactNode {
  return (
    <section className="way" aria-labelledby="way-setup">
      <h3 id="way-setup">
        <BookOpen size={20} strokeWidth={1.5} aria-hidden="true" />
        Set one up
      </h3>
      <p>No profile for this account yet? Two commands in a terminal, then it appears here.</p>
      <p className="faint">With IAM Identity Center</p>
      <Command text="aws configure sso" />
      <Command text="aws sso login" />
      <p className="faint">With access keys</p>
      <Command text="aws configure" />
    </section>
  )
}

/** The board in place of the list. `cause`: why there is no account to list. */
export function FirstRun({ cause }: { readonly cause: WireError }): ReactNode {
  const page = usePage()
  const snapshot = usePageState((state) => state.snapshot)
  if (snapshot === undefined) return null
  const { environment } = snapshot
  const select: Select = (chosen) => void page.ask('environment.select', { environment: chosen })
  const again = (): void => {
    // Profiles that were created since are listed, too.
    page.request('environment.refresh', {}).catch(() => undefined)
    if (environment.state.kind === 'failed') select(environment.ref)
    else void page.ask('instances.refresh', {})
  }
  return (
    <div className="first-run">
      <div>
        <header>
          <img src={icon} alt="" width="56" height="56" />
          <div>
            <h2>Welcome to Culvert</h2>
            <p>
              Shells and port forwards to your AWS instances over Session Manager. They stay up when the network does
              not.
            </p>
          </div>
        </header>
        <Banner
          tone="failed"
          title={causeTitle(cause, environment.name)}
          action={
            <>
              <CommandOf error={cause} />
              <Button size="small" onClick={again}>
                Try again
              </Button>
            </>
          }
        >
          {cause.message}
        </Banner>
        <div className="ways">
          <Demo select={select} />
          <Profiles snapshot={snapshot} select={select} />
          <SetUp />
        </div>
        <p className="faint">
          Nothing opens in your browser and nothing is sent anywhere until you choose. You can switch at any time from
          the top bar.
        </p>
      </div>
    </div>
  )
}
