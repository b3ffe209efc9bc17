// The top bar: environment, palette field, connection summary, theme and the dock's toggle.

import { Monitor, Moon, PanelRight, Search, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../shared/model'
import { usePage, usePageState } from '../context'
import { keysOf } from '../keys'
import { IconButton } from '../parts/IconButton'
import { Menu } from '../parts/Menu'
import { Keys } from '../parts/Tooltip'
import { EnvironmentSwitcher } from './Environment'
import { platform } from './platform'
import { Summary } from './Summary'

const THEMES = [
  { theme: 'system', label: 'Like the system', icon: Monitor },
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
] as const satisfies readonly { readonly theme: Settings['theme']; readonly label: string; readonly icon: unknown }[]

function ThemeMenu(): ReactNode {
  const page = usePage()
  const theme = usePageState((state) => state.snapshot?.settings.theme)
  if (theme === undefined) return null
  const { icon } = THEMES.find((each) => each.theme === theme) ?? THEMES[0]
  return (
    <Menu
      align="end"
      trigger={<IconButton icon={icon} label="Theme" />}
      items={THEMES.map((each) => ({
        label: each.label,
        isChecked: each.theme === theme,
        onSelect: () => void page.ask('settings.set', { theme: each.theme }),
      }))}
    />
  )
}

/** The bar over everything. */
export function TopBar(): ReactNode {
  const page = usePage()
  const dock = usePageState((state) => state.dock)
  const dockPlace = usePageState((state) => state.dockPlace)
  const isDockShown = dock !== 'hidden'
  return (
    <header className="topbar" data-region="top bar">
      <div className="left">
        <EnvironmentSwitcher />
      </div>
      <button
        type="button"
        className="palette-field"
        aria-keyshortcuts={platform === 'mac' ? 'Meta+K' : 'Control+K'}
        onClick={() => page.setPalette(true)}
      >
        <Search size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="cut-off">
          Search or run<span className="wide"> a command</span>
        </span>
        <Keys keys={keysOf('palette', platform)} />
      </button>
      <div className="right">
        <Summary />
        <i className="rule" />
        <ThemeMenu />
        <IconButton
          icon={PanelRight}
          label={isDockShown ? 'Hide terminals' : 'Show terminals'}
          keys={keysOf('dock', platform)}
          aria-pressed={isDockShown}
          onClick={() => page.setDock(isDockShown ? 'hidden' : dockPlace)}
        />
      </div>
    </header>
  )
}
