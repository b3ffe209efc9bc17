// The settings: the appearance, the behaviour when the window is closed and during outages, and the list of keys. Changes take
// effect at once.

import './settings.css'
import {
  Cable,
  Cloud,
  Container,
  FileOutput,
  Contrast,
  Info,
  Keyboard,
  PanelBottomClose,
  SquareTerminal,
  Stethoscope,
  type LucideIcon,
} from 'lucide-react'
import { RadioGroup } from 'radix-ui'
import { useEffect, useId, type ReactNode } from 'react'
import type { Snapshot } from '../../shared/model/snapshot'
import type { Settings as SettingsValues } from '../../shared/settings'
import { usePage, usePageState } from '../context'
import { SessionOutput } from '../drains/SessionOutput'
import { platform } from '../frame/platform'
import { Button } from '../parts/controls/Button'
import { Segments } from '../parts/controls/Segments'
import { Skeleton } from '../parts/Skeleton'
import { Toggle } from '../parts/controls/Toggle'
import { Keys } from '../parts/floats/Tooltip'
import { About } from './About'
import { Connection } from './Connection'
import { EnvironmentSettings } from './EnvironmentSettings'
import { Ephemeral } from './Ephemeral'
import { keyGroups } from './keyboard'
import { Line } from './Line'
import { DENSITIES, SETTING_TITLES, THEMES } from './names'
import { Terminal } from './Terminal'

const SECTIONS: readonly { readonly id: string; readonly title: string; readonly icon: LucideIcon }[] = [
  { id: 'appearance', title: 'Appearance', icon: Contrast },
  { id: 'terminal', title: 'Terminal', icon: SquareTerminal },
  { id: 'background', title: 'Background', icon: PanelBottomClose },
  { id: 'connection', title: 'Connection', icon: Cable },
  { id: 'environment', title: 'Environment', icon: Cloud },
  { id: 'output', title: 'Output of sessions', icon: FileOutput },
  { id: 'ephemeral', title: 'Ephemeral sessions', icon: Container },
  { id: 'keys', title: 'Keys', icon: Keyboard },
  { id: 'about', title: 'About', icon: Info },
]

/** A small picture of a window in a theme's own colours. */
function Miniature({ theme }: { readonly theme: 'light' | 'dark' }): ReactNode {
  return (
    <span className={`miniature ${theme}`}>
      <i />
      <i />
      <b />
    </span>
  )
}

function Theme({ value }: { readonly value: SettingsValues['theme'] }): ReactNode {
  const page = usePage()
  const choose = (chosen: string): void => {
    const theme = THEMES.find((candidate) => candidate.value === chosen)?.value
    if (theme !== undefined) void page.ask('settings.set', { theme })
  }
  return (
    <RadioGroup.Root
      className="themes"
      orientation="horizontal"
      aria-label={SETTING_TITLES.theme}
      value={value}
      onValueChange={choose}
    >
      {THEMES.map((theme) => (
        <RadioGroup.Item key={theme.value} value={theme.value} className="theme">
          <span className="picture" aria-hidden="true">
            {theme.value !== 'dark' && <Miniature theme="light" />}
            {theme.value !== 'light' && <Miniature theme="dark" />}
          </span>
          {theme.label}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  )
}

function KeyList(): ReactNode {
  return keyGroups(platform).map(({ title, lines }) => (
    <div key={title} className="key-group">
      <h3>{title}</h3>
      <dl>
        {lines.map(({ text, keys }) => (
          <div key={text}>
            <dt>{text}</dt>
            <dd>
              {keys.map((chord) => (
                <Keys key={chord.join()} keys={chord} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  ))
}

function Sections({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const { environment, settings, about } = snapshot
  const page = usePage()
  const keepId = useId()
  const restoreId = useId()
  return (
    <>
      <section id="settings-appearance" aria-labelledby="settings-appearance-title">
        <h2 id="settings-appearance-title">Appearance</h2>
        <div className="card">
          <Line title={SETTING_TITLES.theme}>
            <Theme value={settings.theme} />
          </Line>
          <Line title={SETTING_TITLES.density} text="Compact shortens the rows of lists.">
            <Segments
              label={SETTING_TITLES.density}
              value={settings.density}
              segments={DENSITIES}
              onChange={(density) => void page.ask('settings.set', { density })}
            />
          </Line>
        </div>
      </section>
      <section id="settings-terminal" aria-labelledby="settings-terminal-title">
        <h2 id="settings-terminal-title">Terminal</h2>
        <div className="card">
          <Terminal settings={settings} />
        </div>
      </section>
      <section id="settings-background" aria-labelledby="settings-background-title">
        <h2 id="settings-background-title">Background</h2>
        <div className="card">
          <Line
            title={<label htmlFor={keepId}>{SETTING_TITLES.keepRunning}</label>}
            text="Forwards and terminals stay open. Off: closing the last window ends them."
          >
            <Toggle
              id={keepId}
              isOn={settings.keepRunning}
              onChange={(keepRunning) => void page.ask('settings.set', { keepRunning })}
            />
          </Line>
          <Line
            title={<label htmlFor={restoreId}>Restore forwards and terminals at launch</label>}
            text="Forwards that were on are turned on again. Terminals come back without their output: Enter opens a new session."
          >
            <Toggle
              id={restoreId}
              isOn={settings.restoreAtLaunch}
              onChange={(restoreAtLaunch) => void page.ask('settings.set', { restoreAtLaunch })}
            />
          </Line>
        </div>
      </section>
      <section id="settings-connection" aria-labelledby="settings-connection-title">
        <h2 id="settings-connection-title">Connection</h2>
        <div className="card">
          <Connection settings={settings} />
          <Line
            title="Doctor"
            text="Checks configuration, network, credentials and permissions of the shown environment."
          >
            <Button icon={Stethoscope} onClick={() => page.askDoctor({ name: environment.name })}>
              Run doctor
            </Button>
          </Line>
        </div>
      </section>
      <section id="settings-environment" aria-labelledby="settings-environment-title">
        <h2 id="settings-environment-title">Environment</h2>
        <div className="card">
          <EnvironmentSettings environment={environment} settings={settings} />
        </div>
      </section>
      <section id="settings-output" aria-labelledby="settings-output-title">
        <h2 id="settings-output-title">Output of sessions</h2>
        <div className="card">
          <SessionOutput snapshot={snapshot} />
        </div>
      </section>
      <section id="settings-ephemeral" aria-labelledby="settings-ephemeral-title">
        <h2 id="settings-ephemeral-title">Ephemeral sessions</h2>
        <div className="card">
          <Ephemeral snapshot={snapshot} />
        </div>
      </section>
      <section id="settings-keys" aria-labelledby="settings-keys-title">
        <h2 id="settings-keys-title">Keys</h2>
        <div className="card">
          <KeyList />
        </div>
      </section>
      <section id="settings-about" aria-labelledby="settings-about-title">
        <h2 id="settings-about-title">About</h2>
        <div className="card">
          <About about={about} />
        </div>
      </section>
    </>
  )
}

/** The "Settings" view. */
export function Settings(): ReactNode {
  const page = usePage()
  const snapshot = usePageState((state) => state.snapshot)
  const section = usePageState((state) => state.settingsSection)
  const isThere = snapshot !== undefined
  useEffect(() => {
    if (section === undefined || !isThere) return
    document.querySelector(`#settings-${section}`)?.scrollIntoView({ block: 'start' })
    page.arrange({ settingsSection: undefined })
  }, [page, section, isThere])
  return (
    <section className="view settings" aria-labelledby="settings-title">
      <div className="viewbar">
        <h1 id="settings-title">Settings</h1>
      </div>
      <div className="scroll">
        <nav aria-label="Settings">
          {SECTIONS.map(({ id, title, icon: Icon }) => (
            <button
              key={id}
              type="button"
              onClick={() => document.querySelector(`#settings-${id}`)?.scrollIntoView({ block: 'start' })}
            >
              <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
              {title}
            </button>
          ))}
        </nav>
        <div className="sections">
          {snapshot === undefined ? <Skeleton rows={4} /> : <Sections snapshot={snapshot} />}
        </div>
      </div>
    </section>
  )
}
